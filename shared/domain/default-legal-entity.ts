import type { LegalEntity } from './legal-entity.ts';

export const defaultEntityId = 'default';

/**
 * Who sells until somebody says who does (`PUT /v1/legal-entities/default`): an invoice needs a seller, orders do not wait for a form to be filled
 * in, and whoever reads the invoice sees what is missing. Country ZZ is ISO 3166's for "unknown".
 */
export const defaultLegalEntity: LegalEntity = {
  id: defaultEntityId,
  name: 'Your company',
  address: { line1: 'Your street 1', city: 'Your city', postalCode: '00000', country: 'ZZ' },
  timeZone: 'UTC',
  prefixes: { invoice: 'INV', creditMemo: 'CN' },
};
