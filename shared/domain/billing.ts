import type { Invoice, InvoiceCharge, InvoiceLine } from './invoice.ts';
import { isDigital, type Line, type Order } from './order.ts';
import { unitsIn } from './positions.ts';
import { type Amounts, addAmounts, amountsOf, portionOf } from './pricing/amounts.ts';
import type { Charge, TaxMode } from './pricing/priced.ts';

/** What of an order is invoiced, what is not yet, and what the next invoice says. Amounts in minor units of the order's currency. */

export const amountsOfLine = (
  line: Pick<Line, 'quantity' | 'unitPrice' | 'discounts' | 'taxes'>,
  mode: TaxMode,
): Amounts => amountsOf(line.quantity * line.unitPrice, line, mode);

export const amountsOfCharge = (charge: Omit<Charge, 'id'>, mode: TaxMode): Amounts =>
  amountsOf(charge.amount, charge, mode);

/** The whole order, as placed. */
export const totalsOf = ({
  lines,
  charges,
  taxMode,
}: Pick<Order, 'charges' | 'taxMode'> & { lines: readonly Parameters<typeof amountsOfLine>[0][] }): Amounts =>
  addAmounts([
    ...lines.map((line) => amountsOfLine(line, taxMode)),
    ...charges.map((charge) => amountsOfCharge(charge, taxMode)),
  ]);

/** Units by line of the invoices of an order: counted once for each list of them, as an order of a thousand lines is asked a thousand times. */
const counted = new WeakMap<Order['invoices'], Map<string, number>>();

export function invoicedUnits({ invoices }: Pick<Order, 'invoices'>, { id }: Pick<Line, 'id'>): number {
  let units = counted.get(invoices);
  if (!units) {
    units = new Map();
    for (const { lineId, quantity } of invoices.flatMap(({ lines }) => lines)) {
      units.set(lineId, (units.get(lineId) ?? 0) + quantity);
    }
    counted.set(invoices, units);
  }
  return units.get(id) ?? 0;
}

/** Units that an invoice may still come for: neither invoiced nor canceled. */
export function unbilledUnits(order: Order, line: Line): number {
  if (isDigital(line)) return line.quantity - unitsIn(line.positions, 'CANCELED') - invoicedUnits(order, line);
  const packed = order.fulfillments
    .filter(({ status, fundsSecured }) => status === 'PACKED' && !fundsSecured)
    .flatMap(({ lines }) => lines)
    .reduce((sum, one) => sum + (one.lineId === line.id ? one.packed : 0), 0);
  return packed + unitsIn(line.positions, 'OPEN', 'BACKORDERED', 'RESERVED', 'ASSIGNED', 'PICKED');
}

/** Units by line, in the order of the lines. */
export type Units = ReadonlyMap<Line['id'], number>;

export type Draft = Pick<Invoice, 'lines' | 'charges' | 'total'>;

/** What an invoice of these units says, after the invoices that there are. */
export function draftInvoice(order: Order, units: Units): Draft {
  const lines = order.lines.flatMap((line): InvoiceLine[] => {
    const quantity = units.get(line.id) ?? 0;
    if (quantity === 0) return [];
    const from = invoicedUnits(order, line);
    const amounts = portionOf(amountsOfLine(line, order.taxMode), order.taxMode, line.quantity, from, from + quantity);
    const { sku, title, unitPrice } = line;
    return [{ lineId: line.id, sku, ...(title !== undefined && { title }), quantity, unitPrice, ...amounts }];
  });
  const charges = order.charges.flatMap((charge): InvoiceCharge[] => {
    const amounts = chargeNow(order, charge, units);
    if (!amounts || (amounts.goods === 0 && amounts.tax === 0)) return [];
    const { id: chargeId, kind, title } = charge;
    return [{ chargeId, kind, ...(title !== undefined && { title }), ...amounts }];
  });
  return { lines, charges, total: addAmounts([...lines, ...charges].map(onlyAmounts)) };
}

export const onlyAmounts = ({ goods, discount, net, tax, gross, taxes }: Amounts): Amounts => ({
  goods,
  discount,
  net,
  tax,
  gross,
  taxes,
});

/** The part of a charge that the invoice of these units bears: a gift wrap goes with its line, the rest as the order's policy says. */
function chargeNow(order: Order, charge: Charge, units: Units): Amounts | undefined {
  const whole = amountsOfCharge(charge, order.taxMode);
  const { lineId } = charge;
  if (lineId !== undefined) {
    const line = order.lines.find(({ id }) => id === lineId);
    const now = units.get(lineId) ?? 0;
    if (!line || now === 0) return undefined;
    const from = invoicedUnits(order, line);
    return portionOf(whole, order.taxMode, line.quantity, from, from + now);
  }
  switch (order.shippingCharge) {
    case 'firstShipment':
      return isCharged(order, charge) ? undefined : whole;
    case 'lastShipment':
      return order.lines.every((line) => unbilledUnits(order, line) === (units.get(line.id) ?? 0)) ? whole : undefined;
    case 'prorate': {
      const weighed = weights(order);
      const before = order.lines.reduce((sum, line) => sum + weighed(line) * invoicedUnits(order, line), 0);
      const now = order.lines.reduce((sum, line) => sum + weighed(line) * (units.get(line.id) ?? 0), 0);
      const all = order.lines.reduce((sum, line) => sum + weighed(line) * line.quantity, 0);
      return portionOf(whole, order.taxMode, all, before, before + now);
    }
  }
}

/** What a unit counts for: its price; where all is free, one. */
function weights({ lines }: Order): (line: Line) => number {
  const isFree = lines.every(({ unitPrice }) => unitPrice === 0);
  return ({ unitPrice }) => (isFree ? 1 : unitPrice);
}

const isCharged = ({ invoices }: Order, { id }: Charge): boolean =>
  invoices.some(({ charges }) => charges.some(({ chargeId }) => chargeId === id));

/** What invoices may still come to, if every unit that is left is packed. */
export function unbilledAmount(order: Order): number {
  const units = new Map(order.lines.map((line) => [line.id, unbilledUnits(order, line)]));
  return [...units.values()].some((quantity) => quantity > 0) ? draftInvoice(order, units).total.gross : 0;
}

/** Units that a fulfillment order packed. */
export function packedUnits({ lines }: Order['fulfillments'][number]): Units {
  const units = new Map<Line['id'], number>();
  for (const { lineId, packed } of lines) if (packed > 0) units.set(lineId, (units.get(lineId) ?? 0) + packed);
  return units;
}

/** Digital units that are to be delivered: all of them at once. */
export const digitalUnits = ({ lines }: Order): Units =>
  new Map(
    lines
      .filter(isDigital)
      .map((line) => [line.id, unitsIn(line.positions, 'ASSIGNED')] as const)
      .filter(([, n]) => n > 0),
  );
