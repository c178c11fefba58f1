import { system as systemActor } from '../../domain/actor.ts';
import type { LocationId, Sku } from '../../domain/ids.ts';
import { crossing, levelOf } from '../../domain/stock/level.ts';
import type { StockLevels, StockLogEvent } from '../../ports/stock-store.ts';
import { isoNow, type System } from '../../ports/system.ts';
import { StoreContention } from '../execute.ts';

export interface WatchLevelDeps {
  levels: StockLevels;
  system: System;
}

const attempts = 8;

/**
 * 1. How many can be sold at this location, now?
 * 2. Another level than the one that was announced: note it, with the event if it is news, in one transaction.
 *
 * Goes by what is stored, not by what changed: read late, twice or out of order, the same change of level is announced once, and one that
 * was undone meanwhile is not announced at all.
 * @throws StoreContention when somebody else changed the same SKU through every attempt
 */
export async function watchLevel(
  { levels, system }: WatchLevelDeps,
  sku: Sku,
  locationId: LocationId,
  causationId: string,
): Promise<'announced' | 'noted' | 'same'> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    if (attempt > 0) await system.sleep(system.random() * 20 * 2 ** attempt);
    const found = await levels.level(sku, locationId);
    if (!found) return 'same';
    const { item, bucket, announced: from, lowAt } = found;
    const to = levelOf(bucket.available, lowAt);
    if (from === to) return 'same';
    const type = crossing(from, to);
    const at = [isoNow(system), item.lastAt].sort().at(-1) ?? isoNow(system);
    const after = { ...item, sequence: item.sequence + 1, lastAt: at };
    const event: StockLogEvent | undefined = type && {
      subject: { kind: 'sku', sku, locationId },
      id: system.eventId(),
      type,
      sequence: after.sequence,
      at,
      actor: systemActor('watch-level'),
      correlationId: causationId,
      causationId,
      data: { sku, locationId, available: bucket.available, ...(lowAt !== undefined && { lowAt }) },
    };
    const change = { sku, locationId, from, to, item: event && { before: item, after }, event };
    if (await levels.announce(change)) return event ? 'announced' : 'noted';
  }
  throw new StoreContention(`${sku} at ${locationId}: every one of ${attempts} attempts met a conflict`);
}
