import type { Envelope } from '../events/envelope.ts';
import type { PutEvents, PutFailure } from '../ports/event-bus.ts';
import type { System } from '../ports/system.ts';

export interface PublishDeps {
  putEvents: PutEvents;
  system: Pick<System, 'sleep' | 'random'>;
  /** Told of each record that is not published, with why. */
  report: (sequenceNumber: string, failure: PutFailure) => void;
}

/** One record of the stream: its event, or why there is none in it. */
export type OutboxRecord = { sequenceNumber: string } & ({ envelope: Envelope } | { unreadable: string });

/** PutEvents takes ten entries and 1 MB, of which some belongs to the service's own fields. */
const mostEntries = 10;
const mostBytes = 900_000;
/** Tries of one call within an invocation; longer outages are the stream's to retry. */
const tries = 4;
const firstPause = 50;

/**
 * Publishes what the stream brought, in order: an event is sent only when the one before it of the same subject has been taken, so that
 * no failure makes them swap. One that is not taken holds back what follows it of its subject, and nobody else. An unreadable row holds
 * back nothing, as it will never be published: it is reported until the stream gives up on it, and goes to the on-failure destination.
 * Events behind the first failure may have been published already and are again on the retry: consumers dedupe on the event's id.
 * @returns the sequence number from which the stream has to come back, or undefined when all is published
 */
export async function publishEvents(deps: PublishDeps, records: readonly OutboxRecord[]): Promise<string | undefined> {
  const failed = new Set<string>();
  let waiting: ReadableRecord[] = [];
  for (const record of records) {
    if ('envelope' in record) waiting.push(record);
    else {
      failed.add(record.sequenceNumber);
      deps.report(record.sequenceNumber, { code: 'UnreadableEvent', message: record.unreadable });
    }
  }

  while (waiting.length > 0) {
    const chunk = nextChunk(waiting);
    const failures = await putWithRetry(deps, chunk);
    const stuck = new Set(failures.keys());
    const sent = new Set(chunk);
    // Those of a stuck subject are not tried: they count as failed with the one before them.
    const left = waiting.filter((record) => !sent.has(record));
    waiting = left.filter(({ envelope }) => !stuck.has(envelope.subject));
    for (const { sequenceNumber, envelope } of [...chunk, ...left])
      if (stuck.has(envelope.subject)) failed.add(sequenceNumber);
    for (const { sequenceNumber, envelope } of chunk) {
      const failure = failures.get(envelope.subject);
      if (failure) deps.report(sequenceNumber, failure);
    }
    // The bus takes nothing at all: the rest would only wait through the same pauses.
    if (stuck.size === chunk.length) {
      for (const { sequenceNumber } of waiting) failed.add(sequenceNumber);
      break;
    }
  }
  return records.find(({ sequenceNumber }) => failed.has(sequenceNumber))?.sequenceNumber;
}

type ReadableRecord = Extract<OutboxRecord, { envelope: Envelope }>;

/** The next event of each subject, oldest first, as many as one call takes: entries of one call fail one by one. */
function nextChunk(waiting: readonly ReadableRecord[]): ReadableRecord[] {
  const chunk: ReadableRecord[] = [];
  const subjects = new Set<string>();
  let bytes = 0;
  for (const record of waiting) {
    if (chunk.length === mostEntries) break;
    if (subjects.has(record.envelope.subject)) continue;
    const size = sizeOf(record.envelope);
    if (chunk.length > 0 && bytes + size > mostBytes) break;
    chunk.push(record);
    subjects.add(record.envelope.subject);
    bytes += size;
  }
  return chunk;
}

/** As EventBridge counts: the detail, source, type, and 14 bytes of time. */
const sizeOf = (envelope: Envelope): number =>
  Buffer.byteLength(JSON.stringify(envelope)) + envelope.source.length + envelope.type.length + 20;

/** What the bus refused through every try, by subject. */
async function putWithRetry({ putEvents, system }: PublishDeps, chunk: ReadableRecord[]) {
  let failures = new Map<string, PutFailure>();
  for (let attempt = 0; attempt < tries; attempt++) {
    if (attempt > 0) await system.sleep(firstPause * 2 ** attempt * (0.5 + system.random() / 2));
    const asked = attempt === 0 ? chunk : chunk.filter(({ envelope }) => failures.has(envelope.subject));
    const answers = await putEvents(asked.map(({ envelope }) => envelope)).catch((error: Error) =>
      asked.map(() => ({ code: error.name, message: error.message })),
    );
    failures = new Map(
      asked.flatMap(({ envelope }, index) => {
        const failure = answers[index];
        return failure ? [[envelope.subject, failure] as const] : [];
      }),
    );
    if (failures.size === 0) break;
  }
  return failures;
}
