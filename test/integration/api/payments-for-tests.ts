import { moneyMoved, sumMoved } from '../../../shared/adapters/sandbox/money-moved.ts';
import { OrderResource } from '../../../shared/api/order-resources.ts';
import type { ApiForTests } from './api-for-tests.ts';

/** What tests of payments do with orders. `api`: read when it is needed, as it is there only once the tests have begun. */
export const payingThrough = (api: () => ApiForTests) => ({
  read: async (id: string) => OrderResource.parse((await api().ask('GET', `/v1/orders/${id}`)).body),
  /** Through its workflow. */
  placed: async (changes: object) => {
    const { id } = await api().place({ ...changes });
    await api().confirm(id);
    return id;
  },
  pay: (id: string, ...payments: object[]) =>
    api().ask('POST', `/v1/orders/${id}/payments`, { body: { payments }, as: 'storefront' }),
  /** Minor units authorized, captured, voided, refunded by the sandbox. */
  moved: (id: string) =>
    (['authorize', 'capture', 'void', 'refund'] as const).map((operation) =>
      sumMoved(moneyMoved(api().book.entries), operation, id),
    ),
});

export const paidBy = (...payments: object[]) => ({ payment: undefined, payments });
export const card = (token: string) => ({ payment: { method: 'card', token } });
