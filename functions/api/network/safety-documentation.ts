import * as z from 'zod';
import { documented } from '../../../shared/api/documentation.ts';
import { SafetyStockResource } from '../../../shared/api/network-resources.ts';
import { pageOf } from '../../../shared/api/resource-fields.ts';
import { safetyContracts } from './safety-contract.ts';

const CategoryResource = z
  .looseObject({ sku: z.string(), category: z.string().nullable() })
  .meta({ id: 'SkuCategory' });

export const safetyDocumentation = documented('Network', safetyContracts, {
  listSafetyStock: {
    summary: 'List safety stock',
    description: 'With `sku`, the rules that name it; without, those that name no SKU.',
    responses: { 200: { description: 'A page of rules.', schema: pageOf(SafetyStockResource) } },
  },
  putSafetyStock: {
    summary: 'Set safety stock',
    description:
      'Units that are not sold: of one SKU or one category, at one location or everywhere, for one storefront or for all. The most ' +
      'specific rule that fits decides. Counts follow with the next request.',
    bodyExample: { sku: 'mug-batuta', locationId: 'store-1', units: 2 },
    responses: { 200: { description: 'The rule.', schema: SafetyStockResource } },
  },
  deleteSafetyStock: {
    summary: 'Delete safety stock',
    description: 'The rule about exactly this subject.',
    responses: { 204: { description: 'It is gone.' } },
  },
  putCategory: {
    summary: 'Say which category a SKU is of',
    description:
      'It has the safety stock of the category from the next request on, unless a rule names the SKU itself.',
    bodyExample: { category: 'drinks' },
    responses: { 200: { description: 'The SKU and its category.', schema: CategoryResource } },
  },
  putCategories: {
    summary: 'Say which categories many SKUs are of',
    description: 'Up to 90, all or none. The others stay as they are.',
    bodyExample: {
      skus: [
        { sku: 'mug-batuta', category: 'ceramics' },
        { sku: 'cake-stand', category: null },
      ],
    },
    responses: {
      200: {
        description: 'The SKUs and their categories.',
        schema: z.looseObject({ skus: z.array(CategoryResource) }),
      },
    },
  },
});
