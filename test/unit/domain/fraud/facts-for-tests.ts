import type { Known } from '../../../../shared/domain/fraud/assess.ts';
import type { FraudFacts } from '../../../../shared/domain/fraud/facts.ts';
import { OrderId } from '../../../../shared/domain/ids.ts';
import { Currency } from '../../../../shared/domain/money.ts';

/** An order that nothing speaks against. */
export const facts: FraudFacts = {
  orderId: OrderId.parse('ord_01JD7ZK3V0W4X5Y6Z7A8B9C0D1'),
  channel: 'web',
  placedAt: '2026-01-05T09:00:00.000Z',
  amount: 100_00,
  currency: Currency.parse('EUR'),
  customerId: 'cus_1',
  subjects: { customer: 'c1', email: 'e1', emailDomain: 'd1', address: 'a1' },
  email: { md5: '3fc9b9a37d3a1ae30a4b9c8c4b0f7b0a', domain: 'example.com' },
  shipping: { country: 'ES', postalCode: '28001' },
  billing: { country: 'ES', postalCode: '28001' },
  addressesMatch: true,
  payment: { method: 'card', card: { country: 'ES', cvcCheck: 'pass' } },
  items: 2,
};

export const nothingKnown: Known = { listed: [], count: () => 1, isFirstOrder: false };
