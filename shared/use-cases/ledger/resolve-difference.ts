import type { Actor } from '../../domain/actor.ts';
import type { LedgerPosting } from '../../domain/ledger/posting.ts';
import { digitsOf } from '../../domain/money.ts';
import { wallClockAt } from '../../domain/network/wall-clock.ts';
import { type Difference, resolutionLines } from '../../domain/settlement-file/reconcile.ts';
import type { Settlement, SettlementStore } from '../../ports/settlements.ts';
import { isoNow, type System } from '../../ports/system.ts';
import { exceptionOf, type OrderExceptions } from './reconcile-settlement.ts';

export interface ResolveDeps {
  settlements: Pick<SettlementStore, 'results' | 'resolve'>;
  exceptions: Pick<OrderExceptions, 'resolve'>;
  timeZoneOf(legalEntityId: string): Promise<string>;
  system: Pick<System, 'now'>;
}

export type ResolveOutcome =
  | { outcome: 'resolved' | 'already_resolved'; difference: Difference }
  | { outcome: 'not_found' | 'busy' }
  /** More than one main unit of the currency is no rounding. */
  | { outcome: 'too_large' };

/** Ends a difference: takes what it left in PSP_CLEARING off the books, or accepts that it stays there. */
export async function resolveDifference(
  deps: ResolveDeps,
  settlement: Settlement,
  differenceId: string,
  { as, reason, actor }: { as: 'writeOff' | 'rounding' | 'accepted'; reason: string; actor: Actor },
): Promise<ResolveOutcome> {
  const { settlements, exceptions, system } = deps;
  const { id, legalEntityId } = settlement;
  const results = await settlements.results(id);
  const difference = [...results.values()]
    .flatMap(({ differences }) => differences)
    .find((one) => one.id === differenceId);
  if (!difference) return { outcome: 'not_found' };
  const { currency, residue, orderId, status } = difference;
  const closeException = async () => {
    if (orderId !== undefined) await exceptions.resolve(orderId, exceptionOf(id, differenceId));
  };
  if (status === 'RESOLVED') {
    // Whoever resolved it may have died before this.
    await closeException();
    return { outcome: 'already_resolved', difference };
  }
  if (as === 'rounding' && Math.abs(residue) > 10 ** digitsOf(currency)) return { outcome: 'too_large' };
  const at = isoNow(system);
  const day = wallClockAt(await deps.timeZoneOf(legalEntityId), system.now()).date;
  const postings: LedgerPosting[] =
    as === 'accepted' || residue === 0
      ? []
      : [
          {
            id: `${id}-${differenceId}`,
            legalEntityId,
            day,
            at,
            type: 'settlement_difference',
            currency,
            lines: resolutionLines(as, residue),
            settlementId: id,
            note: reason,
          },
        ];
  const resolved: Difference = { ...difference, status: 'RESOLVED', resolution: { as, reason, by: actor.id, at } };
  if (!(await settlements.resolve(settlement, resolved, postings))) return { outcome: 'busy' };
  await closeException();
  return { outcome: 'resolved', difference: resolved };
}
