import { asksForFirstOrder, assess, countedBy, type Known } from '../../domain/fraud/assess.ts';
import type { FraudFacts, ListKind, VelocityKind } from '../../domain/fraud/facts.ts';
import { listEntryId } from '../../domain/fraud/list-entry.ts';
import type { FraudRules } from '../../domain/fraud/rules.ts';
import { graver, type Screening } from '../../domain/fraud/screening.ts';
import type { FraudProvider } from '../../ports/fraud.ts';
import type { FraudBook } from '../../ports/fraud-book.ts';

export interface JudgeDeps {
  book: FraudBook;
  /** Besides the rules. */
  provider?: FraudProvider | undefined;
}

export interface Judgment extends Screening {
  /** Who said so: `rules`, or the provider that was asked besides. */
  provider: string;
}

/**
 * 1. The shop's lists and rules. Whom they refuse or let in is not asked about anywhere: each question costs.
 * 2. The provider, if there is one; the graver of the two decides.
 * @throws FraudUnavailable
 */
export async function judgeOrder({ book, provider }: JudgeDeps, facts: FraudFacts): Promise<Judgment> {
  const { rules, entries } = await book.config();
  const own = assess(facts, rules, await knownOf(book, rules, facts, entries > 0));
  const isDecided = own.decision === 'refuse' || own.reasons.some(({ code }) => code === 'allowlisted');
  if (!provider || isDecided) return { ...own, provider: 'rules' };
  const theirs = await provider.score({ ...facts, key: `${facts.orderId}:screen`, thresholds: rules.thresholds });
  return { ...graver(own, theirs), provider: provider.name };
}

/** Looks up what the rules ask for, and no more. */
async function knownOf(book: FraudBook, { rules }: FraudRules, facts: FraudFacts, hasLists: boolean): Promise<Known> {
  const subjects = Object.entries(facts.subjects) as [ListKind, string][];
  const [listed, counts, isFirstOrder] = await Promise.all([
    hasLists ? book.entriesAmong(subjects.map(([kind, hash]) => listEntryId(kind, hash))) : [],
    countsOf(book, rules, facts),
    asksForFirstOrder(rules)
      ? book.hasEarlierOrder(facts.customerId, facts.placedAt, facts.orderId).then((has) => !has)
      : false,
  ]);
  return { listed, isFirstOrder, count: (of, window) => counts.get(`${of} ${window}`) ?? 0 };
}

/** This order is written down before the others are counted: of two at the same moment at least one sees the other. */
async function countsOf(
  book: FraudBook,
  rules: FraudRules['rules'],
  { subjects, orderId, placedAt }: FraudFacts,
): Promise<Map<string, number>> {
  const longest = countedBy(rules);
  await Promise.all(
    [...longest].flatMap(([kind, keptFor]) => {
      const subject = subjects[kind];
      return subject === undefined ? [] : [book.record({ kind, subject, orderId, placedAt, keptFor })];
    }),
  );
  const asked = new Map<string, { of: VelocityKind; window: number; above: number }>();
  for (const rule of rules) {
    if (rule.type !== 'velocity') continue;
    const { of, window, above } = rule;
    const key = `${of} ${window}`;
    asked.set(key, { of, window, above: Math.max(above, asked.get(key)?.above ?? 0) });
  }
  const counted = [...asked].map(async ([key, { of, window, above }]): Promise<[string, number]> => {
    const subject = subjects[of];
    if (subject === undefined) return [key, 0];
    const since = new Date(Date.parse(placedAt) - window * 1000).toISOString();
    return [key, await book.countSince(of, subject, since, above + 1)];
  });
  return new Map(await Promise.all(counted));
}
