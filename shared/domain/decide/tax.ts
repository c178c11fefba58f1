import { totalsOf } from '../billing.ts';
import type { CommandOf } from '../commands.ts';
import { eventOf } from '../event-of.ts';
import { sumExact } from '../money.ts';
import type { Order } from '../order.ts';
import { sumOf } from '../pricing/amounts.ts';
import { reject } from '../rejection.ts';
import { accept, alreadyDone, type Decision } from './decision.ts';

/** Bytes that the taxes may take: they stand in one event, which is one item of the store (400 kB there). */
const mostBytes = 330_000;

/** Records what the tax provider said of every line and charge: the order's total, and with it what is to be paid, is known from here on. */
export function tax(order: Order, { items, reference }: CommandOf<'tax'>): Decision {
  if (order.tax?.status !== 'PENDING') return alreadyDone;
  if (order.lifecycle !== 'PLACED') return reject('invalid_transition', `The order is ${order.lifecycle}.`);
  const of = new Map(items.map(({ id, taxes }) => [id, taxes]));
  const wanted: string[] = [...order.lines, ...order.charges].map(({ id }) => id);
  if (items.length !== wanted.length || wanted.some((id) => !of.has(id))) {
    return reject('totals_differ', 'Not every line and charge has its taxes.');
  }
  const lines = order.lines.map((line) => ({ ...line, taxes: of.get(line.id) ?? [] }));
  const charges = order.charges.map((charge) => ({ ...charge, taxes: of.get(charge.id) ?? [] }));
  const goods = [...lines.map((line) => line.quantity * line.unitPrice), ...charges.map(({ amount }) => amount)];
  const taxes = items.map((item) => sumOf(item.taxes));
  if (sumExact([...goods, ...taxes]) === undefined) {
    return reject('order_total_too_large', 'The order total is beyond 2^53 - 1 minor units.');
  }
  const priced = [...lines, ...charges];
  const over = priced.find((one, at) => sumOf(one.taxes) > (goods[at] ?? 0) - sumOf(one.discounts));
  if (over && order.taxMode === 'inclusive') {
    return reject('totals_differ', `${over.id} contains more taxes than it costs.`);
  }
  const data = {
    lines: lines.map(({ id, taxes: each }) => ({ lineId: id, taxes: each })),
    charges: charges.map(({ id, taxes: each }) => ({ chargeId: id, taxes: each })),
    total: totalsOf({ lines, charges, taxMode: order.taxMode }).gross,
    ...(reference !== undefined && { reference }),
  };
  if (new TextEncoder().encode(JSON.stringify(data)).length > mostBytes) {
    return reject('order_too_large', `The taxes take more than ${mostBytes} bytes: send several orders.`);
  }
  return accept(eventOf('order.taxed', data));
}
