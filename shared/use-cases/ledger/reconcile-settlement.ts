import type { LedgerPosting } from '../../domain/ledger/posting.ts';
import { Currency, decimalString } from '../../domain/money.ts';
import { addDays, wallClockAt } from '../../domain/network/wall-clock.ts';
import {
  addRows,
  compare,
  type Difference,
  groupsOf,
  type SettlementGroup,
  settlementLines,
} from '../../domain/settlement-file/reconcile.ts';
import { readSettlementRows } from '../../domain/settlement-file/row.ts';
import type {
  SettledGroup,
  Settlement,
  SettlementId,
  SettlementResult,
  SettlementStore,
  Unsettled,
} from '../../ports/settlements.ts';
import { isoNow, type System } from '../../ports/system.ts';

/** Exceptions on orders: where people look for what money is wrong. */
export interface OrderExceptions {
  open(orderId: string, exceptionId: string, cause: string): Promise<void>;
  /** None is open: nothing to do. */
  resolve(orderId: string, exceptionId: string): Promise<void>;
}

export interface ReconcileDeps {
  settlements: SettlementStore;
  exceptions: OrderExceptions;
  /** By whose clock a legal entity's days end. */
  timeZoneOf(legalEntityId: string): Promise<string>;
  system: Pick<System, 'now' | 'eventId' | 'sleep' | 'random'>;
}

/** Groups of one transaction: its result and them, of 100 actions. */
const groupsPerResult = 90;
/** Days after which what was captured should have been in a file. */
const missingAfterDays = 5;
/** Of one file: the next one tells of the rest. */
const mostMissing = 900;
const attempts = 8;
/** Whose exceptions are opened side by side. */
const ordersAtOnce = 10;

export const exceptionOf = (settlementId: string, differenceId: string): string =>
  `settlement:${settlementId}:${differenceId}`;

/**
 * Works a submitted settlement file off. Course of action:
 * 1. read every row; a file that is wrong anywhere is rejected as a whole
 * 2. hold what it says of each reference against the books, some at a time; what is written stays written
 * 3. look for what should have been in a file by now
 * 4. open an exception on each order whose money differs
 * 5. post bank, fees and clearing to the books, once, and end
 * Cut off anywhere, it goes on from what is written: the same rows make the same groups.
 */
export async function reconcileSettlement(deps: ReconcileDeps, id: SettlementId): Promise<Settlement['state']> {
  const { settlements } = deps;
  const settlement = await settlements.load(id);
  if (settlement?.state !== 'SUBMITTED') return settlement?.state ?? 'DRAFT';
  const { rows, errors } = readSettlementRows(await settlements.rows(settlement));
  const next = { ...settlement, version: settlement.version + 1, finishedAt: isoNow(deps.system) };
  if (errors.length > 0) {
    await settlements.reject({ ...next, state: 'REJECTED', errors: errors.length }, errors);
    return 'REJECTED';
  }
  const results = await settlements.results(id);
  const groups = groupsOf(rows);
  for (let n = 0; n * groupsPerResult < groups.length; n++) {
    const number = String(n).padStart(5, '0');
    const some = groups.slice(n * groupsPerResult, (n + 1) * groupsPerResult);
    if (!results.has(number)) results.set(number, await settleGroups(deps, settlement, number, some));
  }
  await reportMissing(deps, settlement, results);
  await openExceptions(deps, settlement, results);
  await finish(deps, next, [...results.values()]);
  return 'RECONCILED';
}

async function settleGroups(
  deps: ReconcileDeps,
  settlement: Settlement,
  number: string,
  groups: readonly SettlementGroup[],
): Promise<SettlementResult> {
  const { settlements, system } = deps;
  for (let attempt = 1; ; attempt++) {
    const known = await settlements.movements(groups);
    const result: SettlementResult = { matched: 0, repeated: 0, totals: [], differences: [] };
    const settled = new Map<string, SettledGroup>();
    for (const group of groups) {
      const key = `${group.kind} ${group.reference}`;
      // The same reference in two currencies: the second is held against what the first left.
      const before = settled.get(key);
      const movement = before
        ? {
            ...(before.known ?? { amount: 0, movements: 0 }),
            settled: before.settled,
            transactions: before.transactions,
          }
        : known.get(group);
      const { fresh, repeated, matched, difference } = compare(group, movement);
      result.repeated += repeated;
      result.matched += matched;
      result.totals = addRows(result.totals as ReturnType<typeof addRows>, fresh);
      if (difference) {
        result.differences.push({ ...difference, id: `${number}-${result.differences.length + 1}`, status: 'OPEN' });
      }
      if (fresh.length === 0) continue;
      const counts = difference?.kind !== 'currency_differs';
      const gross = counts ? fresh.reduce((sum, row) => sum + row.gross, 0) : 0;
      const after = (movement?.settled ?? 0) + gross;
      settled.set(key, {
        group: before?.group ?? group,
        known: before ? before.known : movement,
        settled: after,
        transactions: [...(movement?.transactions ?? []), ...fresh.map(({ transactionId }) => transactionId)],
        isOpen: !difference ? after !== (movement?.amount ?? after) : !counts,
      });
    }
    if (await settlements.settle(settlement, number, result, [...settled.values()])) return result;
    const written = (await settlements.results(settlement.id)).get(number);
    if (written) return written;
    if (attempt === attempts) throw new Error(`${settlement.id}: movements of result ${number} keep changing`);
    await system.sleep(system.random() * 20 * 2 ** attempt);
  }
}

async function reportMissing(
  deps: ReconcileDeps,
  settlement: Settlement,
  results: Map<string, SettlementResult>,
): Promise<void> {
  const { settlements, system } = deps;
  const before = addDays(isoNow(system).slice(0, 10), -missingAfterDays);
  const unsettled = await settlements.unsettled(settlement.legalEntityId, before, mostMissing);
  const missing = unsettled.filter(({ amount, settled }) => amount !== settled);
  let n = [...results.keys()].filter((number) => number.startsWith('m')).length;
  for (let from = 0; from < missing.length; from += groupsPerResult) {
    const number = `m${String(n++).padStart(4, '0')}`;
    const some = missing.slice(from, from + groupsPerResult);
    const differences = some.map((one, index) => missingDifference(one, `${number}-${index + 1}`));
    const result = { matched: 0, repeated: 0, totals: [], differences };
    const groups = some.map((known): SettledGroup => {
      const group = { reference: known.reference, kind: known.kind, currency: currencyOf(known), rows: [] };
      return { group, known, settled: known.settled, transactions: known.transactions, isOpen: false };
    });
    // One that a file or an event changes meanwhile is left to the next file.
    if (await settlements.settle(settlement, number, result, groups)) results.set(number, result);
  }
}

const currencyOf = ({ currency }: Unsettled): Currency => Currency.parse(currency);

function missingDifference(known: Unsettled, id: string): Difference {
  const { reference, kind, amount, settled, orderId } = known;
  return {
    id,
    kind: 'missing_there',
    reference,
    movement: kind,
    currency: currencyOf(known),
    expected: amount,
    settled,
    residue: amount - settled,
    rows: [],
    ...(orderId !== undefined && { orderId }),
    status: 'OPEN',
  };
}

/** Some orders at a time; how far it came is written down, so that who goes on does not begin again. */
async function openExceptions(
  { exceptions, settlements }: ReconcileDeps,
  { id, provider }: Settlement,
  results: ReadonlyMap<string, SettlementResult>,
): Promise<void> {
  const told = (await settlements.toldUpTo(id)) ?? '';
  for (const number of [...results.keys()].sort()) {
    const { differences = [] } = results.get(number) ?? {};
    const about = differences.filter(({ orderId }) => orderId !== undefined);
    if (number <= told || about.length === 0) continue;
    const ofOrders = [...Map.groupBy(about, ({ orderId }) => orderId ?? '')];
    for (let from = 0; from < ofOrders.length; from += ordersAtOnce) {
      const some = ofOrders.slice(from, from + ordersAtOnce);
      await Promise.all(
        some.map(async ([orderId, ofOrder]) => {
          for (const one of ofOrder) await exceptions.open(orderId, exceptionOf(id, one.id), causeOf(one, provider));
        }),
      );
    }
    await settlements.markTold(id, number);
  }
}

function causeOf({ kind, reference, currency, expected, settled }: Difference, provider: string): string {
  const amount = (minor: number) => `${decimalString(minor, currency)} ${currency}`;
  return `${kind}: ${provider} has settled ${amount(settled)} of ${reference}, the books have ${amount(expected)}.`;
}

async function finish(deps: ReconcileDeps, after: Settlement, results: readonly SettlementResult[]): Promise<void> {
  const { settlements, system } = deps;
  const { id, legalEntityId, provider } = after;
  const at = isoNow(system);
  const day = wallClockAt(await deps.timeZoneOf(legalEntityId), system.now()).date;
  const sums = new Map<string, NonNullable<Settlement['totals']>[number]>();
  for (const total of results.flatMap(({ totals }) => totals)) {
    const sum = sums.get(total.currency) ?? { currency: total.currency, gross: 0, fee: 0, net: 0, feeRows: 0 };
    for (const name of ['gross', 'fee', 'net', 'feeRows'] as const) sum[name] += total[name];
    sums.set(total.currency, sum);
  }
  const totals = [...sums.values()];
  const postings = totals.flatMap((total): LedgerPosting[] => {
    const currency = Currency.parse(total.currency);
    const lines = settlementLines({ ...total, currency });
    if (lines.length < 2) return [];
    const posting = { id: `${id}-${currency}`, legalEntityId, day, at, type: 'settlement', currency, lines };
    return [{ ...posting, settlementId: id }];
  });
  const sum = (pick: (result: SettlementResult) => number) => results.reduce((all, one) => all + pick(one), 0);
  const counts = {
    matched: sum(({ matched }) => matched),
    repeated: sum(({ repeated }) => repeated),
    differences: sum(({ differences }) => differences.length),
  };
  const told = totals.map(({ feeRows: _, ...total }) => total);
  const data = { settlementId: id, legalEntityId, provider, ...counts, totals: told };
  const event = { id: system.eventId(), type: 'settlement.reconciled', at, data } as const;
  const isDone = await settlements.finish({ ...after, state: 'RECONCILED', ...counts, totals }, postings, event);
  if (!isDone && (await settlements.load(id))?.state !== 'RECONCILED') throw new Error(`${id} could not be ended`);
}
