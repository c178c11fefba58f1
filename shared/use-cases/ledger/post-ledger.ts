import { creditIdOf } from '../../domain/accounts/credit.ts';
import { type EventType, eventData } from '../../domain/events.ts';
import { creditEntries } from '../../domain/ledger/credit-postings.ts';
import { type LedgerEvent, ledgerEventTypes, postedBy } from '../../domain/ledger/money-events.ts';
import { wallClockAt } from '../../domain/network/wall-clock.ts';
import { type CreditEvent, creditEventData, isCreditEventType } from '../../events/credit-events.ts';
import type { Envelope } from '../../events/envelope.ts';
import type { EventPostings, LedgerJournal, LedgerSellers } from '../../ports/ledger.ts';

export interface PostLedgerDeps {
  journal: LedgerJournal;
  sellers: LedgerSellers;
  /** By whose clock a legal entity's days end. */
  timeZoneOf(legalEntityId: string): Promise<string>;
}

const types: readonly string[] = ledgerEventTypes;

/**
 * Writes what events do to the books of their legal entities. Course of action:
 * 1. read each event; one that is not about money is skipped, one that cannot be read fails alone
 * 2. ask whose books each order's money is in, once for all; gift cards and store credit say it themselves
 * 3. write entries and totals together; an event that was written before is left as it is
 * The order of events does not matter, as sums do not know any.
 * @returns ids of the events that failed; the others are written
 */
export async function postLedger(
  { journal, sellers, timeZoneOf }: PostLedgerDeps,
  envelopes: readonly Envelope[],
): Promise<{ posted: number; failed: Map<string, unknown> }> {
  const failed = new Map<string, unknown>();
  const moved = envelopes.flatMap((envelope): (LedgerEvent | CreditEvent)[] => {
    try {
      return isCreditEventType(envelope.type) ? [creditIn(envelope)] : eventIn(envelope);
    } catch (error) {
      failed.set(envelope.id, error);
      return [];
    }
  });
  const credits = moved.filter(isCredit);
  const events = moved.filter((event) => !isCredit(event));
  const known = await sellers.sellersOf([...new Set(events.map(({ orderId }) => orderId))]);
  const wanted = events.flatMap((event): EventPostings[] => {
    const seller = known.get(event.orderId);
    if (seller) return [postingsFor(event, seller)];
    failed.set(event.id, new Error(`${event.orderId} has an event and is not there`));
    return [];
  });
  const zones = new Map<string, string>();
  for (const { data } of credits) {
    const { legalEntityId } = data;
    if (!zones.has(legalEntityId)) zones.set(legalEntityId, await timeZoneOf(legalEntityId));
  }
  const ofCredit = credits.map((event) => creditPostings(event, zones.get(event.data.legalEntityId) ?? 'UTC'));
  const posted = await journal.post([...wanted.filter(({ postings }) => postings.length > 0), ...ofCredit]);
  return { posted, failed };
}

const isCredit = (event: LedgerEvent | CreditEvent): event is CreditEvent => isCreditEventType(event.type);

/** @throws ZodError on data that does not fit the type's schema */
function eventIn({ id, type, time, subject, version, data }: Envelope): LedgerEvent[] {
  if (!types.includes(type)) return [];
  onlyFirst(type, version);
  const parsed = eventData[type as EventType].parse(data);
  // The type chose the schema that the data passed.
  return [{ id, type, at: time, orderId: subject, data: parsed } as LedgerEvent];
}

function postingsFor(event: LedgerEvent, { legalEntityId, timeZone }: { legalEntityId: string; timeZone: string }) {
  const { id, type, at, orderId } = event;
  const { entries, movement } = postedBy(event);
  const day = wallClockAt(timeZone, Date.parse(at)).date;
  return {
    eventId: id,
    postings: entries.map((entry, n) => ({
      id: n === 0 ? id : `${id}-${n + 1}`,
      legalEntityId,
      day,
      at,
      type,
      orderId,
      ...entry,
    })),
    movement: movement && { ...movement, orderId, legalEntityId, at },
  };
}

/** @throws ZodError on data that does not fit the type's schema */
function creditIn({ id, type, time, version, sequence, correlationid, causationid, data }: Envelope): CreditEvent {
  if (!isCreditEventType(type)) throw new Error(`${type} is no movement of credit`);
  onlyFirst(type, version);
  const known = { id, type, at: time, sequence, correlationId: correlationid, causationId: causationid };
  return { ...known, data: creditEventData[type].parse(data) };
}

function onlyFirst(type: string, version: number): void {
  if (version !== 1) throw new Error(`${type} of version ${version} is not known here`);
}

function creditPostings({ id, type, at, data }: CreditEvent, timeZone: string): EventPostings {
  const { legalEntityId } = data;
  const day = wallClockAt(timeZone, Date.parse(at)).date;
  const about = { legalEntityId, day, at, type, creditId: creditIdOf(data) };
  return { eventId: id, postings: creditEntries(type, data).map((entry) => ({ id, ...about, ...entry })) };
}
