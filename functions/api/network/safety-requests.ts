import * as z from 'zod';
import { Category, SafetyStockRule, SafetyStockSubject } from '../../../shared/domain/network/safety-stock.ts';

export const SafetyStockBody = SafetyStockRule.meta({
  id: 'PutSafetyStock',
  description:
    'Units kept back from sale. Of the rules that fit, the most specific decides: SKU, category, location, storefront.',
});
export const SafetyStockQuery = SafetyStockSubject;

export const CategoryBody = z
  .strictObject({ category: Category.nullable().meta({ description: 'null: of none.' }) })
  .meta({ id: 'PutSkuCategory' });
