import { documented } from '../../../shared/api/documentation.ts';
import { pageOf } from '../../../shared/api/resource-fields.ts';
import { KitResource } from '../../../shared/api/stock-resources.ts';
import { kitContracts } from './kit-contract.ts';

const kit = { description: 'The kit.', schema: KitResource };

export const kitDocumentation = documented('Kits', kitContracts, {
  listKits: {
    summary: 'List kits',
    description: 'By SKU.',
    responses: { 200: { description: 'A page.', schema: pageOf(KitResource) } },
  },
  getKit: { summary: 'Read a kit', description: 'What one of it is made of.', responses: { 200: kit } },
  putKit: {
    summary: 'Say what a SKU is made of',
    description:
      'Orders placed from then on take the stock of the components; those placed before keep what they were placed with. Stock of the SKU itself is no longer sold.',
    bodyExample: {
      components: [
        { sku: 'MUG-BLUE', perUnit: 4 },
        { sku: 'TEAPOT', perUnit: 1 },
      ],
    },
    responses: { 200: kit },
  },
  deleteKit: {
    summary: 'The SKU is no kit any more',
    description: 'Orders placed from then on take its own stock.',
    responses: { 204: { description: 'Forgotten.' } },
  },
});
