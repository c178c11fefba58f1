import * as z from 'zod';
import { AvailabilityResource } from '../../../shared/api/availability-resources.ts';
import { documented } from '../../../shared/api/documentation.ts';
import { availabilityContracts } from './contract.ts';

export const availabilityDocumentation = documented('Availability', availabilityContracts, {
  getAvailability: {
    summary: 'What can be sold of a SKU',
    description:
      'What a storefront may sell now: the stock of its locations less safety stock, in total and by location, nearest first when the ' +
      'customer’s place is given (`latitude` and `longitude`, or `country` and `postalCode`), with pickup readiness. It promises nothing: ' +
      'a hold or an order does.',
    responses: { 200: { description: 'Availability.', schema: AvailabilityResource } },
  },
  askAvailability: {
    summary: 'What can be sold of up to 100 SKUs',
    description: 'In the order asked. A SKU that never had stock is `unknown`.',
    bodyExample: {
      storefront: 'web',
      skus: ['mug-batuta', 'coffee-beans-1kg'],
      near: { country: 'ES', postalCode: '28001' },
    },
    responses: {
      200: { description: 'Availability of each.', schema: z.looseObject({ data: z.array(AvailabilityResource) }) },
    },
  },
});
