import { documented } from '../../../shared/api/documentation.ts';
import { QueueResource, QuoteResource } from '../../../shared/api/quote-resources.ts';
import { quoteContracts } from './contract.ts';

export const quoteDocumentation = documented('Quotes', quoteContracts, {
  quoteCart: {
    summary: 'Every way to get a cart, when and for how much',
    description:
      'Asks the function that routes orders, and reserves nothing: an order that is placed at once with the `delivery` of an option goes out from ' +
      'the sites that were quoted. Each option of the storefront is offered, with its dates, its price and its parcels, or says why not. A SKU that ' +
      'never had stock is `unknown`, and nothing is offered. The answer may be kept until `expiresAt` (`Cache-Control` says as much).',
    bodyExample: {
      storefront: 'web',
      currency: 'EUR',
      lines: [{ sku: 'mug-batuta', quantity: 2, unitPrice: 1200 }],
      destination: { country: 'ES', postalCode: '28013' },
    },
    responses: { 200: { description: 'What is offered, and what is not.', schema: QuoteResource } },
  },
  listBackorders: {
    summary: 'Who waits for a SKU, and until when',
    description:
      'The queue for supply, first first: by priority, then by time of placement. `expectedAt` counts what is expected (`/v1/supplies`) out to them; ' +
      'absent, that is not enough. An estimate: supply may be late, and who has a higher priority may still come. A kit waits for each of its components.',
    responses: { 200: { description: 'The first `limit` orders of the queue.', schema: QueueResource } },
  },
});
