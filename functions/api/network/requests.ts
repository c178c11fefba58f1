import * as z from 'zod';
import { refuseRepeated, text } from '../../../shared/api/fields.ts';
import { LocationGroup } from '../../../shared/domain/network/location-group.ts';
import { SafetyStockRule, SafetyStockSubject } from '../../../shared/domain/network/safety-stock.ts';
import { Storefront } from '../../../shared/domain/network/storefront.ts';

/** Bodies of requests. Strict: an unknown field is more often a typing error than a wish. */

export const StorefrontBody = z
  .strictObject({
    name: text(200),
    kind: Storefront.shape.kind,
    locationGroupId: Storefront.shape.locationGroupId.meta({
      description: 'It sells from these. Absent: from everywhere.',
    }),
    currencies: Storefront.shape.currencies,
    locales: Storefront.shape.locales.meta({ description: 'BCP 47, the first is the default.' }),
    lowStock: Storefront.shape.lowStock.meta({ description: 'Shown as low with this many to sell or fewer.' }),
  })
  .meta({ id: 'PutStorefront' });

export const LocationGroupBody = z
  .strictObject({
    name: text(200),
    locations: LocationGroup.shape.locations.check(refuseRepeated(({ locationId }) => locationId, 'locationId')),
    groups: LocationGroup.shape.groups
      .check(refuseRepeated((id) => id))
      .meta({ description: 'Groups whose locations belong to this one too.' }),
  })
  .meta({ id: 'PutLocationGroup' });

export const MembershipBody = z
  .strictObject({ active: z.boolean().default(true) })
  .meta({ id: 'PutLocationIntoGroup', description: 'What is not active counts as if it were not there.' });

export const SafetyStockBody = SafetyStockRule.meta({
  id: 'PutSafetyStock',
  description:
    'Units kept back from sale. Of the rules that fit, the most specific decides: SKU, category, location, storefront.',
});
export const SafetyStockQuery = SafetyStockSubject;
