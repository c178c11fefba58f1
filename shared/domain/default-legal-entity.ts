import type { LegalEntity } from './legal-entity.ts';

/** Who sells until somebody says who does: an invoice needs a seller, and orders do not wait for a form to be filled in. */
export const defaultLegalEntity: LegalEntity = {
  id: 'default',
  name: 'Your company',
  address: { line1: 'Your street 1', city: 'Your city', postalCode: '00000', country: 'ZZ' },
  timeZone: 'UTC',
  prefixes: { invoice: 'INV', creditMemo: 'CN' },
};
