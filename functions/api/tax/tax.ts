import { sumExact } from '../../../shared/domain/money.ts';
import { wallClockAt } from '../../../shared/domain/network/wall-clock.ts';
import { addAmounts, amountsOf, noAmounts } from '../../../shared/domain/pricing/amounts.ts';
import type { LegalEntities } from '../../../shared/ports/legal-entities.ts';
import { isoNow, type System } from '../../../shared/ports/system.ts';
import type { TaxProvider, TaxTables } from '../../../shared/ports/tax.ts';
import type { Answer } from '../../../shared/runtime/answer.ts';
import { ProblemError } from '../../../shared/runtime/problem.ts';
import type { ApiRequest } from '../../../shared/runtime/request.ts';
import type { taxContracts } from './contract.ts';

type RequestOf<Name extends keyof typeof taxContracts> = ApiRequest<(typeof taxContracts)[Name]>;

export interface TaxDeps {
  tables: TaxTables;
  taxes: TaxProvider;
  sellers: LegalEntities;
  system: System;
}

export const getTaxRates = async ({ tables }: TaxDeps): Promise<Answer> => ({
  status: 200,
  body: await tables.table(),
});

export async function putTaxRates({ tables, system }: TaxDeps, { body }: RequestOf<'putTaxRates'>): Promise<Answer> {
  const table = { ...body, updatedAt: isoNow(system) };
  await tables.put(table);
  return { status: 200, body: table };
}

/** What an order placed now would be taxed with. */
export async function quoteTaxes(
  { taxes, sellers, system }: TaxDeps,
  { body }: RequestOf<'quoteTaxes'>,
): Promise<Answer> {
  if (sumExact(body.items.map(({ amount }) => 2 * amount)) === undefined)
    throw new ProblemError('order_total_too_large');
  const seller = await sellers.sellerIn(body.storefront);
  const { country, region, postalCode, city, line1 } = seller.address;
  const items = body.items.map((item, index) => ({ ...item, id: item.id ?? String(index + 1) }));
  const quote = await taxes.quote({
    orderId: `quote-${system.ulid()}`,
    customerId: 'quote',
    currency: body.currency,
    taxMode: body.taxMode,
    date: body.date ?? wallClockAt(seller.timeZone, system.now()).date,
    shipFrom: { country, region, postalCode, city, line1 },
    shipTo: body.destination,
    buyerTaxId: body.buyerTaxId,
    items,
  });
  if (quote.outcome === 'no_tax_rate') {
    throw new ProblemError('no_tax_rate', quote.detail, { extensions: { reason: quote.reason } });
  }
  const quoted = items.map(({ id, amount }, index) => {
    const { net, tax, gross, taxes: parts } = amountsOf(amount, { taxes: quote.items[index]?.taxes }, body.taxMode);
    return { id, net, tax, gross, taxes: parts };
  });
  const { net, tax, gross, taxes: parts } = addAmounts(quoted.map((one) => ({ ...noAmounts, ...one })));
  const { currency, taxMode } = body;
  return { status: 200, body: { currency, taxMode, items: quoted, total: { net, tax, gross, taxes: parts } } };
}
