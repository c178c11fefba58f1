import { documented } from '../../../shared/api/documentation.ts';
import { LocationResource } from '../../../shared/api/network-resources.ts';
import { BucketResource, SkuResource } from '../../../shared/api/stock-resources.ts';
import { inventoryContracts } from './contract.ts';
import { kitDocumentation } from './kit-documentation.ts';
import { stockDocumentation } from './stock-documentation.ts';

const placesAndStock = documented('Inventory', inventoryContracts, {
  putLocation: {
    summary: 'Create or replace a location',
    description: 'A place that holds stock and serves orders. Routing takes notice within seconds.',
    bodyExample: {
      name: 'Madrid',
      kind: 'distribution_center',
      country: 'ES',
      timeZone: 'Europe/Madrid',
      priority: 200,
    },
    responses: { 200: { description: 'The location.', schema: LocationResource } },
  },
  getSku: {
    summary: 'Read the stock of a SKU',
    description: 'At every location, and in total.',
    responses: { 200: { description: 'The stock.', schema: SkuResource } },
  },
  putStock: {
    summary: 'Set what was counted',
    description:
      'Units promised to orders stay promised: `available` takes the difference. Backorders that can be served go on by themselves.',
    bodyExample: { onHand: 100 },
    responses: { 200: { description: 'The stock at this location.', schema: BucketResource } },
  },
});

export const inventoryDocumentation = [...placesAndStock, ...stockDocumentation, ...kitDocumentation];
