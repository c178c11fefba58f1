import * as z from 'zod';
import { refuseRepeated } from '../../../shared/api/fields.ts';
import { Restrictions } from '../../../shared/domain/network/restrictions.ts';

export const RestrictionsBody = z
  .strictObject({
    restrictions: Restrictions.shape.restrictions.check(
      refuseRepeated(({ sku, category, country, locationId }) => JSON.stringify([sku, category, country, locationId])),
    ),
  })
  .meta({
    id: 'PutRestrictions',
    description:
      'Up to 1,000. What a restriction does not name stands for any: a SKU and a country, "this does not go there"; a category and a location, "none of ' +
      'these from there"; a SKU alone, "this is not sent at all".',
  });
