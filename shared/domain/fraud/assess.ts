import type { FraudFacts, VelocityKind } from './facts.ts';
import { decisive, type ListEntry } from './list-entry.ts';
import type { FraudRule, FraudRules } from './rules.ts';
import { decisionBy, type FraudReason, type Screening } from './screening.ts';

/** What rules go by besides the order itself. */
export interface Known {
  /** Entries of the lists that the order meets. */
  listed: readonly ListEntry[];
  /** Orders of the subject in the last `window` seconds, this one included. */
  count(of: VelocityKind, window: number): number;
  /** The customer has no earlier order. */
  isFirstOrder: boolean;
}

/** The lists' word is the last one; whoever is on none is judged by the rules. Pure: the same facts, the same answer. */
export function assess(
  facts: FraudFacts,
  { rules, thresholds }: Pick<FraudRules, 'rules' | 'thresholds'>,
  known: Known,
): Screening {
  const entry = decisive(known.listed);
  if (entry?.effect === 'allow') return { decision: 'accept', score: 0, reasons: [reasonOf(entry)] };
  const hits = rules.filter((rule) => fits(rule, facts, known));
  const score = Math.min(
    100,
    hits.reduce((sum, { points }) => sum + points, 0),
  );
  const reasons = [...(entry ? [reasonOf(entry)] : []), ...hits.map((rule) => because(rule))];
  const wanted = (action: 'review' | 'refuse') =>
    entry?.effect === action || hits.some((rule) => rule.action === action);
  if (wanted('refuse')) return { decision: 'refuse', score: 100, reasons };
  const decision = decisionBy(score, thresholds);
  return { decision: decision === 'accept' && wanted('review') ? 'review' : decision, score, reasons };
}

const reasonOf = ({ kind, effect }: ListEntry): FraudReason => ({
  code: effect === 'allow' ? 'allowlisted' : 'blocklisted',
  // Which entry is told to nobody: its id is a hash of what it lists.
  words: `The ${names[kind]} is on the list.`,
});

const names = {
  customer: 'customer',
  email: 'e-mail address',
  phone: 'phone number',
  card: 'card',
  address: 'delivery address',
  ip: 'IP address',
  emailDomain: 'e-mail domain',
} as const satisfies Record<ListEntry['kind'], string>;

function fits(rule: FraudRule, facts: FraudFacts, known: Known): boolean {
  if (rule.channels && !rule.channels.includes(facts.channel)) return false;
  switch (rule.type) {
    case 'velocity':
      return known.count(rule.of, rule.window) > rule.above;
    case 'addressMismatch':
      if (rule.of === 'address') return facts.addressesMatch === false;
      return facts.billing !== undefined && facts.billing.country !== facts.shipping.country;
    case 'amountAbove':
      return isAbove(rule.limits, facts);
    case 'firstOrderAbove':
      return known.isFirstOrder && isAbove(rule.limits, facts);
    case 'unitsAbove':
      return facts.items > rule.units;
    case 'highRiskCountry':
      return rule.of.some((where) => rule.countries.some((country) => country === countryOf(facts, where)));
    case 'foreign': {
      const country = countryOf(facts, rule.of);
      return country !== undefined && country !== facts.shipping.country && country !== facts.billing?.country;
    }
    case 'cardCheckFailed':
      return facts.payment.card?.[`${rule.of}Check`] === 'fail';
  }
}

const isAbove = (
  limits: readonly { currency: string; amount: number }[],
  { amount, currency }: FraudFacts,
): boolean => {
  const limit = limits.find((one) => one.currency === currency);
  return limit !== undefined && amount > limit.amount;
};

const countryOf = ({ shipping, billing, payment, ip }: FraudFacts, where: 'shipping' | 'billing' | 'card' | 'ip') =>
  ({ shipping, billing, card: payment.card, ip })[where]?.country;

function because(rule: FraudRule): FraudReason {
  const words = (): string => {
    switch (rule.type) {
      case 'velocity':
        return `More than ${rule.above} orders by the same ${names[rule.of]} within ${rule.window} s.`;
      case 'addressMismatch':
        return rule.of === 'country'
          ? 'Billed and sent to different countries.'
          : 'Billing and delivery address differ.';
      case 'amountAbove':
        return 'The total is above the limit.';
      case 'firstOrderAbove':
        return 'A first order with a total above the limit.';
      case 'unitsAbove':
        return `More than ${rule.units} units.`;
      case 'highRiskCountry':
        return `A country of high risk (${rule.of.join(', ')}).`;
      case 'foreign':
        return `The country of the ${names[rule.of]} is neither where it is sent nor where it is billed.`;
      case 'cardCheckFailed':
        return `The card's issuer says that the ${rule.of === 'cvc' ? 'security code' : 'billing address'} does not fit.`;
    }
  };
  return { code: `rule:${rule.id}`, words: words() };
}

/** What the rules count orders by, and the longest time back: nothing else is kept. */
export function countedBy(rules: readonly FraudRule[]): Map<VelocityKind, number> {
  const longest = new Map<VelocityKind, number>();
  for (const rule of rules) {
    if (rule.type === 'velocity') longest.set(rule.of, Math.max(rule.window, longest.get(rule.of) ?? 0));
  }
  return longest;
}

export const asksForFirstOrder = (rules: readonly FraudRule[]): boolean =>
  rules.some(({ type }) => type === 'firstOrderAbove');
