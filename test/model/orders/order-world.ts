import { codeHashOf } from '../../../shared/adapters/account-payments.ts';
import { type AccountKind, AccountOwner, fresh, moved } from '../../../shared/domain/accounts/account.ts';
import type { OrderId } from '../../../shared/domain/ids.ts';
import { Currency } from '../../../shared/domain/money.ts';
import type { Order } from '../../../shared/domain/order.ts';
import { type ModelWorld, modelWorld } from '../world.ts';
import { customer, giftCardOf } from './priced-order.ts';

/** Money that came by itself, as somebody has told it. */
export interface Receipt {
  orderId: OrderId;
  paymentId: Order['payments'][number]['id'];
  receipt: string;
  amount: number;
}

export type OrderWorld = ModelWorld & {
  receipts: Receipt[];
};

/** Enough for some orders, not for all. Minor units, of each currency. */
const funds: Record<AccountKind, number> = { giftCard: 2_000, storeCredit: 2_000, terms: 20_000 };

/** The product in memory, with a customer who has accounts. */
export async function orderWorld(options: Parameters<typeof modelWorld>[0]): Promise<OrderWorld> {
  const world = modelWorld(options);
  for (const currency of ['EUR', 'JPY', 'KWD']) {
    for (const kind of ['giftCard', 'storeCredit', 'terms'] as const) {
      const at = '2026-01-01T00:00:00.000Z';
      const owner = AccountOwner.parse(kind === 'giftCard' ? `card-${currency}` : customer);
      const empty = fresh({ kind, owner, currency: Currency.parse(currency) }, at);
      const movement = { kind: 'funded', from: 'OUTSIDE', to: 'AVAILABLE', by: 'model', at } as const;
      const funded = moved(empty, { ...movement, amount: funds[kind] });
      if (!funded) throw new Error(`${kind} takes no money`);
      const codeHash = kind === 'giftCard' ? { codeHash: codeHashOf(giftCardOf(currency)) } : {};
      await world.accounts.commit({ account: { before: undefined, after: funded.account }, ...codeHash });
    }
  }
  return { ...world, receipts: [] };
}
