import { documented } from '../../../shared/api/documentation.ts';
import { FraudRulesResource, ListEntryResource } from '../../../shared/api/fraud-resources.ts';
import { pageOf } from '../../../shared/api/resource-fields.ts';
import { fraudContracts } from './contract.ts';

export const fraudDocumentation = documented('Fraud', fraudContracts, {
  getFraudRules: {
    summary: 'Read the fraud rules',
    description: '`version` 0: nobody has set any, and no order is screened by rules.',
    responses: { 200: { description: 'Rules and thresholds.', schema: FraudRulesResource } },
  },
  putFraudRules: {
    summary: 'Replace the fraud rules',
    description:
      'Each rule that fits an order adds its `points`; the sum is compared with the thresholds. A rule’s `action` decides by itself. The first ' +
      'rule is in force within 30 seconds, a changed one with the next order.',
    bodyExample: {
      rules: [
        { id: 'many-orders', type: 'velocity', of: 'customer', window: 3600, above: 3, points: 60 },
        { id: 'abroad', type: 'addressMismatch', of: 'country', points: 30 },
        { id: 'large-first', type: 'firstOrderAbove', limits: [{ currency: 'EUR', amount: 50_000 }], action: 'review' },
      ],
      thresholds: { review: 50, refuse: 90 },
    },
    responses: { 200: { description: 'Rules and thresholds.', schema: FraudRulesResource } },
  },
  listBlocklist: {
    summary: 'List the blocklist',
    description: 'By kind and hash. What was listed is in no answer: it is kept as a hash only.',
    responses: { 200: { description: 'A page.', schema: pageOf(ListEntryResource) } },
  },
  addToBlocklist: {
    summary: 'Put somebody on the blocklist',
    description:
      'Or on the allowlist, with `effect: allow`. An entry about a person, a number or a card beats one about a house or a domain. The same ' +
      'value again replaces its entry.',
    bodyExample: { kind: 'emailDomain', value: 'throwaway.example', effect: 'review', note: 'Disposable addresses' },
    responses: {
      200: { description: 'The entry, replaced.', schema: ListEntryResource },
      201: { description: 'The entry.', schema: ListEntryResource },
    },
  },
  deleteFromBlocklist: {
    summary: 'Take an entry off the list',
    description: 'From the next order on.',
    responses: { 204: { description: 'It is gone.' } },
  },
});
