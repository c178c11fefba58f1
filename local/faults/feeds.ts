import type { Clock } from '../kernel/clock.ts';
import type { QueueRecord, QueueSource, StreamSource } from '../kernel/streams.ts';

type Strike = (kind: 'duplicate' | 'reorder') => (() => number) | undefined;

/** A repeated message comes this long after the first time: often while the first is still worked on. */
const AGAIN_AFTER_MS = 20;

/** A queue that does what standard queues may do at any time: hand a message out twice, and in any order. */
export function withQueueFaults(source: QueueSource, clock: Clock, strike: Strike): QueueSource {
  const again = new Map<string, QueueRecord[]>();
  const listeners = new Map<string, Set<() => void>>();

  function repeatLater(queueArn: string, records: QueueRecord[]): void {
    clock.at(clock.now() + AGAIN_AFTER_MS, () => {
      again.set(queueArn, [...(again.get(queueArn) ?? []), ...records]);
      for (const wake of listeners.get(queueArn) ?? []) wake();
    });
  }

  return {
    async receiveFromQueue(queueArn, limit, principal) {
      const waiting = again.get(queueArn);
      const repeated = waiting ? waiting.splice(0, limit) : [];
      const room = limit - repeated.length;
      const fresh = room > 0 ? await source.receiveFromQueue(queueArn, room, principal) : [];
      if (fresh.length > 0 && strike('duplicate')) repeatLater(queueArn, fresh);
      const records = [...repeated, ...fresh];
      const random = records.length > 1 ? strike('reorder') : undefined;
      return random ? shuffled(records, random) : records;
    },
    deleteFromQueue: (queueArn, receiptHandles, principal) =>
      source.deleteFromQueue(queueArn, receiptHandles, principal),
    onQueueVisible(queueArn, listener) {
      const ofQueue = listeners.get(queueArn) ?? new Set();
      listeners.set(queueArn, ofQueue.add(listener));
      const unsubscribe = source.onQueueVisible(queueArn, listener);
      return () => {
        ofQueue.delete(listener);
        unsubscribe();
      };
    },
  };
}

/** A stream whose records are sometimes handed out twice, as after a reader that stopped before it kept its place. */
export function withDuplicates(source: StreamSource, isStruck: () => boolean): StreamSource {
  return {
    readStream(streamArn, afterSequence, limit) {
      const records = source.readStream(streamArn, afterSequence, limit);
      return records.length > 0 && isStruck() ? [...records, ...records] : records;
    },
    onStreamAppend: (streamArn, listener) => source.onStreamAppend(streamArn, listener),
  };
}

/** Fisher and Yates. */
function shuffled<T>(list: readonly T[], random: () => number): T[] {
  const result = [...list];
  for (let last = result.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [result[last], result[other]] = [result[other]!, result[last]!];
  }
  return result;
}
