import * as z from 'zod';
import { documented } from '../../../shared/api/documentation.ts';
import { OrderResource } from '../../../shared/api/order-resources.ts';
import { paymentContracts, paymentWebhookContracts } from './contract.ts';

const order = { 200: { description: 'The order.', schema: OrderResource, etag: true } };

export const paymentDocumentation = documented('Payments', paymentContracts, {
  requestPayments: {
    summary: 'Pay another way',
    description:
      'After a decline, or instead of a page of the bank that the customer does not want to see. What other payments had authorized was given ' +
      'back: these pay for all. The order goes on as if it had just been placed.',
    bodyExample: {
      payments: [
        { method: 'giftCard', token: '7H2K-9QXM-4C8T-WE3R', amount: 1000 },
        { method: 'card', token: 'tok_ok' },
      ],
    },
    responses: order,
  },
  checkPayment: {
    summary: 'Look what has become of a payment',
    description:
      'For a storefront to which the customer comes back from the bank (3-D Secure): asks the provider at once instead of waiting for its notice.',
    responses: order,
  },
  recordReceipt: {
    summary: 'Record money that came by itself',
    description:
      'For payments on terms and on delivery: a bank transfer, or what the carrier took. Frees as much of the customer’s limit. Told again with ' +
      'the same reference it counts once.',
    bodyExample: { amount: 125000, reference: 'SEPA 2026-03-14 ACME 4711' },
    responses: order,
  },
});

export const paymentWebhookDocumentation = documented('Payments', paymentWebhookContracts, {
  receiveNotice: {
    summary: 'What a payment provider tells',
    description:
      'Where the provider of this installation sends its webhooks. Who sends is known by the signature, not by a key. A notice moves no money: it ' +
      'is a reason to ask the provider. One that comes twice, late or out of order changes nothing more.',
    responses: {
      200: {
        description: 'It was heeded.',
        schema: z.looseObject({ outcome: z.enum(['recorded', 'unrelated', 'duplicate', 'ignored']) }),
      },
    },
  },
});
