import type { TaxProvider } from '../../ports/tax.ts';
import type { AvataxApi } from './client.ts';
import { giveUp, report } from './documents.ts';
import { quote } from './quote.ts';

/** Taxes by Avalara AvaTax, which files what is reported to it. */
export const avataxTaxes = (connect: () => Promise<AvataxApi>): TaxProvider => ({
  reports: true,
  quote: async (request) => quote(await connect(), request),
  commit: async (invoice) => report(await connect(), invoice),
  refund: async (creditMemo) => report(await connect(), creditMemo),
  cancel: async ({ orderId }) => giveUp(await connect(), orderId),
});
