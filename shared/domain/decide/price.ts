import { totalsOf } from '../billing.ts';
import type { PlaceOrder } from '../commands.ts';
import type { EventData } from '../events.ts';
import { lineId, paymentId } from '../ids.ts';
import { sumExact } from '../money.ts';
import { sumOf } from '../pricing/amounts.ts';
import type { Charge } from '../pricing/priced.ts';
import { chargeId } from '../pricing/priced.ts';
import { type Rejection, reject } from '../rejection.ts';

export interface Priced {
  charges: Charge[];
  /** Minor units, with the taxes that are known. */
  total: number;
  payments: NonNullable<EventData<'order.placed'>['payments']>;
}

/** What the order comes to and who pays what of it, or why it does not add up. Minor units. */
export function price(command: PlaceOrder): Priced | { ok: false; rejection: Rejection } {
  const { lines, taxMode = 'inclusive' } = command;
  const charges = (command.charges ?? []).map(({ line, ...charge }, index) => ({
    id: chargeId(index + 1),
    ...charge,
    ...(line !== undefined && { lineId: lineId(line + 1) }),
  }));
  const list = sumExact([
    ...lines.flatMap(({ quantity, unitPrice, taxes = [] }) => [
      quantity * unitPrice,
      ...taxes.map(({ amount }) => amount),
    ]),
    ...charges.flatMap(({ amount, taxes = [] }) => [amount, ...taxes.map((tax) => tax.amount)]),
  ]);
  if (list === undefined) return reject('order_total_too_large', 'The order total is beyond 2^53 - 1 minor units.');
  const refusal = overDiscounted(command);
  if (refusal) return refusal;
  const { gross: total } = totalsOf({ lines: lines.map((line) => line), charges, taxMode });
  if (command.total !== undefined && command.total !== total) {
    const message = `The lines and charges come to ${total}, the total says ${command.total}: a difference of ${command.total - total} minor units.`;
    return reject('totals_differ', message);
  }
  const payments = share(command, total);
  return 'ok' in payments ? payments : { charges, total, payments };
}

/** Nothing costs less than nothing, and no tax that is in a price is more than it. */
function overDiscounted({ lines, charges = [], taxMode }: PlaceOrder) {
  const all = [
    ...lines.map((line, index) => ({ ...line, name: `Line ${index + 1}`, goods: line.quantity * line.unitPrice })),
    ...charges.map((charge, index) => ({ ...charge, name: `Charge ${index + 1}`, goods: charge.amount })),
  ];
  for (const { name, goods, discounts, taxes } of all) {
    const left = goods - sumOf(discounts);
    if (left < 0) return reject('totals_differ', `${name} has discounts of ${sumOf(discounts)} on ${goods}.`);
    if (taxMode !== 'exclusive' && sumOf(taxes) > left) {
      return reject('totals_differ', `${name} contains taxes of ${sumOf(taxes)} in ${left}.`);
    }
  }
  return undefined;
}

/** Who pays what: the amounts that are said, and the rest on the payment that says none. */
function share({ payments }: PlaceOrder, total: number): Priced['payments'] | { ok: false; rejection: Rejection } {
  const said = payments.reduce((sum, { amount = 0 }) => sum + amount, 0);
  const open = payments.filter(({ amount }) => amount === undefined).length;
  const adds = open > 0 ? said <= total : said === total || payments.length === 0;
  if (open > 1 || !adds) {
    const message = `The payments come to ${said}, the order to ${total}: one payment at most has no amount, and takes the rest.`;
    return reject('payments_differ', message);
  }
  return payments.map(({ method, amount = total - said }, index) => ({ id: paymentId(index + 1), method, amount }));
}
