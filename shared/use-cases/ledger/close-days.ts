import { addDays, wallClockAt } from '../../domain/network/wall-clock.ts';
import type { LedgerClosing, LedgerReader } from '../../ports/ledger.ts';
import { isoNow, type System } from '../../ports/system.ts';

export interface CloseDaysDeps {
  closing: LedgerClosing;
  reader: Pick<LedgerReader, 'totals'>;
  /** By whose clock a legal entity's days end. */
  timeZoneOf(legalEntityId: string): Promise<string>;
  system: Pick<System, 'now' | 'eventId'>;
}

/** Milliseconds that events may need into the books: their queue is tried again for less. */
const grace = 2 * 3_600_000;
/** Of one run: the next one takes the rest. */
const mostDays = 100;

/**
 * Tells accounting of the days that are over. A day's totals are read after its count of entries; should one more be written in between, the
 * count is another one, and the day is left to the next run.
 * @returns how many days were closed
 */
export async function closeDays({ closing, reader, timeZoneOf, system }: CloseDaysDeps): Promise<number> {
  const until = system.now() - grace;
  // Nowhere is it later than 14 hours after UTC.
  const open = await closing.openDays(addDays(new Date(until).toISOString().slice(0, 10), 1), mostDays);
  let closed = 0;
  for (const day of open) {
    if (wallClockAt(await timeZoneOf(day.legalEntityId), until).date <= day.day) continue;
    const totals = await reader.totals(day.legalEntityId, day.day, day.day);
    if (await closing.close(day, totals, { eventId: system.eventId(), at: isoNow(system) })) closed += 1;
  }
  return closed;
}
