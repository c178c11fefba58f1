import type { OrderId } from '../domain/ids.ts';
import { wallClockAt } from '../domain/network/wall-clock.ts';
import { isOver, type Order } from '../domain/order.ts';
import { sumOf } from '../domain/pricing/amounts.ts';
import type { TaxableItem, TaxPlace } from '../domain/pricing/tax/taxable.ts';
import type { LegalEntities } from '../ports/legal-entities.ts';
import type { TaxProvider } from '../ports/tax.ts';
import { type CommandMeta, type ExecuteDeps, execute } from './execute.ts';
import { mustSucceed } from './outcome.ts';

export interface QuoteTaxDeps extends ExecuteDeps {
  taxes: Pick<TaxProvider, 'quote'>;
  sellers: LegalEntities;
}

export type QuoteTaxOutcome = 'TAXED' | 'ON_HOLD' | 'OVER';

/**
 * 1. Is something to be taxed? No: done.
 * 2. Ask the provider: everything that costs, after discounts; from where the seller is, as no site is chosen yet; by today's rates, on the
 * seller's calendar.
 * 3. Record the answer: the total follows, and what is to be paid.
 * 4. Nobody knows the taxes there: the order is held for a person, who mends the table or the address, and releases it. It is never untaxed.
 * @throws TaxUnavailable
 */
export async function quoteTax(
  deps: QuoteTaxDeps,
  orderId: OrderId,
  meta: CommandMeta,
): Promise<{ outcome: QuoteTaxOutcome }> {
  const order = await deps.orders.load(orderId);
  if (!order || isOver(order) || order.canceling) return { outcome: 'OVER' };
  if (order.tax?.status !== 'PENDING') return { outcome: 'TAXED' };
  if (order.holds.length > 0) return { outcome: 'ON_HOLD' };

  const seller = await deps.sellers.sellerIn(order.channel);
  const quote = await deps.taxes.quote({
    orderId,
    customerId: order.customer.id,
    currency: order.currency,
    taxMode: order.taxMode,
    date: wallClockAt(seller.timeZone, deps.system.now()).date,
    shipFrom: placeOf(seller.address),
    shipTo: shipToOf(order),
    buyerTaxId: order.billing?.taxId,
    items: itemsOf(order),
  });
  if (quote.outcome === 'no_tax_rate') {
    const held = await execute(
      deps,
      orderId,
      [{ type: 'hold', handle: 'tax', reason: 'EXCEPTION', note: quote.detail.slice(0, 500) }],
      { ...meta, known: order },
    );
    // Held by another execution, or over meanwhile: either way, nothing goes on.
    if (held.outcome !== 'rejected') mustSucceed(held);
    return { outcome: 'ON_HOLD' };
  }
  const { items, reference } = quote;
  const command = { type: 'tax', items, ...(reference !== undefined && { reference }) } as const;
  mustSucceed(await execute(deps, orderId, [command], { ...meta, known: order }));
  return { outcome: 'TAXED' };
}

/** Lines, then charges. */
export const itemsOf = ({ lines, charges }: Pick<Order, 'lines' | 'charges'>): TaxableItem[] => [
  ...lines.map(({ id, sku, quantity, unitPrice, discounts, taxClass }) => ({
    id,
    kind: 'goods' as const,
    sku,
    quantity,
    amount: quantity * unitPrice - sumOf(discounts),
    taxClass,
  })),
  ...charges.map(({ id, kind, amount, discounts, taxClass }) => ({
    id,
    kind,
    quantity: 1,
    amount: amount - sumOf(discounts),
    taxClass,
  })),
];

/** The country outlives the address, which may be erased. */
export const shipToOf = ({ delivery }: Pick<Order, 'delivery'>): TaxPlace =>
  delivery.address ? placeOf(delivery.address) : { country: delivery.country };

export const placeOf = ({ country, region, postalCode, city, line1 }: TaxPlace): TaxPlace => ({
  country,
  region,
  postalCode,
  city,
  line1,
});
