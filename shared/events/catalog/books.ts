import type { Told } from './told.ts';

const settlementId = 'stl_01JGY8Q5N3W0R7T2K4M6P8S9VX';

const credit = {
  kind: 'giftCard',
  owner: 'gft_01JGY8Q5N3W0R7T2K4M6P8S9VX',
  currency: 'EUR',
  legalEntityId: 'default',
} as const;

/** Of gift cards and store credit, the ledger and settlement files. */
export const toldOfBooks = {
  'credit.issued': {
    description: 'A gift card was issued or store credit was granted: so much more is owed as credit, for `reason`.',
    emittedBy: 'POST /v1/gift-cards, POST /v1/customers/{id}/store-credit, and their adjustments',
    sample: { ...credit, amount: 5000, reason: 'sold', available: 5000 },
  },
  'credit.withdrawn': {
    description: 'Credit that was not spent was taken off a gift card or off store credit, for `reason`.',
    emittedBy: 'POST /v1/gift-cards/{id}/adjustments, POST /v1/customers/{id}/store-credit/adjustments',
    sample: { ...credit, amount: 1200, reason: 'expired', available: 0 },
  },
  'ledger.day_closed': {
    description:
      'A day of a legal entity’s books is over: what each account moved that day, with the codes of its chart of accounts. An entry that comes late closes the day again; the higher `revision` replaces the lower one.',
    emittedBy: 'schedule tend-ledger, two hours after the day has ended by the legal entity’s clock',
    sample: {
      legalEntityId: 'default',
      day: '2026-01-05',
      revision: 1,
      entries: 2,
      totals: [
        { account: 'PSP_CLEARING', code: '1020', currency: 'EUR', debit: 3998, credit: 0 },
        { account: 'DEPOSITS', code: '2100', currency: 'EUR', debit: 3998, credit: 3998 },
        { account: 'REVENUE', code: '4000', currency: 'EUR', debit: 0, credit: 3998 },
      ],
    },
  },
  'settlement.submitted': {
    description: 'A settlement file of a payment provider is complete; it is held against the books next.',
    emittedBy: 'POST /v1/settlements, POST /v1/settlements/{id}/submit',
    sample: { settlementId, legalEntityId: 'default', provider: 'stripe', rows: 2 },
  },
  'settlement.reconciled': {
    description: 'A settlement file was held against the books, and bank, fees and clearing are posted.',
    emittedBy: 'reconcile-settlement',
    sample: {
      settlementId,
      legalEntityId: 'default',
      provider: 'stripe',
      matched: 2,
      repeated: 0,
      differences: 0,
      totals: [{ currency: 'EUR', gross: 3998, fee: 83, net: 3915 }],
    },
  },
} satisfies Record<string, Told>;
