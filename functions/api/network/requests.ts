import * as z from 'zod';
import { LanguageTag, refuseRepeated, text } from '../../../shared/api/fields.ts';
import { LocationGroup } from '../../../shared/domain/network/location-group.ts';
import { ShippingRates } from '../../../shared/domain/network/shipping-rates.ts';
import { Storefront } from '../../../shared/domain/network/storefront.ts';

/** Bodies of requests. Strict: an unknown field is more often a typing error than a wish. */

export const StorefrontBody = z
  .strictObject({
    name: text(200),
    kind: Storefront.shape.kind,
    locationGroupId: Storefront.shape.locationGroupId.meta({
      description: 'It sells from these. Absent: from everywhere.',
    }),
    currencies: Storefront.shape.currencies.check(refuseRepeated((currency) => currency)),
    locales: z
      .array(LanguageTag)
      .max(50)
      .default([])
      .check(refuseRepeated((locale) => locale))
      .meta({ description: 'BCP 47, the first is the default.' }),
    lowStock: Storefront.shape.lowStock.meta({ description: 'Shown as low with this many to sell or fewer.' }),
    routingPolicy: Storefront.shape.routingPolicy.meta({
      description: 'How sites are chosen for its orders. Absent: by priority, with as few parcels as can be.',
    }),
    maxParcels: Storefront.shape.maxParcels.meta({ description: 'Parcels of an order, at most. Absent: 10.' }),
    shadowPolicies: Storefront.shape.shadowPolicies
      .check(refuseRepeated((policy) => policy))
      .meta({ description: 'Also run on each order; what they would have done is kept with the decision.' }),
    legalEntityId: Storefront.shape.legalEntityId.meta({ description: 'Who sells here. Absent: `default`.' }),
    deliveryOptions: Storefront.shape.deliveryOptions.check(refuseRepeated(({ id }) => id, 'id')).meta({
      description: 'What quotes offer. Empty: standard parcels, pickup and curbside, for nothing.',
    }),
  })
  .meta({ id: 'PutStorefront' });

const Tables = z
  .strictObject({
    zones: ShippingRates.shape.zones.check(refuseRepeated(({ zone }) => zone, 'zone')),
    rates: ShippingRates.shape.rates.check(
      refuseRepeated(({ zone, service, locationId }) => `${zone} ${service} ${locationId ?? ''}`),
    ),
  })
  .check(refuseUnknownZones);

export const ShippingRatesBody = Tables.meta({
  id: 'PutShippingRates',
  description:
    'Minor units of your own currency. Of the zones that fit an address, the longest postal prefix wins, then the first.',
});

/** A rate of a zone that is not there is a typing error. */
function refuseUnknownZones({
  value: { zones, rates },
  issues,
}: z.core.ParsePayload<Pick<ShippingRates, 'zones' | 'rates'>>) {
  const known = new Set(zones.map(({ zone }) => zone));
  for (const [index, { zone }] of rates.entries()) {
    if (known.has(zone)) continue;
    const message = 'There is no such zone in `zones`.';
    issues.push({
      code: 'custom',
      input: zone,
      path: ['rates', index, 'zone'],
      params: { code: 'unknown_zone' },
      message,
    });
  }
}

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
