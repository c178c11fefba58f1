import * as z from 'zod';
import { refuseRepeated } from '../../../shared/api/fields.ts';
import { Sku } from '../../../shared/domain/ids.ts';
import { Category, SafetyStockRule, SafetyStockSubject } from '../../../shared/domain/network/safety-stock.ts';

export const SafetyStockBody = SafetyStockRule.meta({
  id: 'PutSafetyStock',
  description:
    'Units kept back from sale. Of the rules that fit, the most specific decides: SKU, category, location, storefront.',
});
export const SafetyStockQuery = SafetyStockSubject;

const SkuCategory = Category.nullable().meta({ description: 'null: of none.' });

export const CategoryBody = z.strictObject({ category: SkuCategory }).meta({ id: 'PutSkuCategory' });

/** A transaction has a hundred actions, and one is the network's version. */
const mostAtOnce = 90;

export const CategoriesBody = z
  .strictObject({
    skus: z
      .array(z.strictObject({ sku: Sku, category: SkuCategory }))
      .min(1)
      .max(mostAtOnce)
      .check(refuseRepeated(({ sku }) => sku, 'sku')),
  })
  .meta({ id: 'PutSkuCategories' });
