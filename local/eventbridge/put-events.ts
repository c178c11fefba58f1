import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { AwsError } from '../kernel/errors.ts';
import type { Json, Kernel, Principal } from '../kernel/kernel.ts';
import { parseInput } from '../kernel/parse-input.ts';
import { parseJson } from '../kernel/parse-json.ts';
import { type Bus, toEventTime } from './bus.ts';
import type { RuleRegistry } from './rule-registry.ts';
import type { EventObject } from './target-input.ts';

const entryShape = z.strictObject({
  // Epoch seconds on the wire; a Date when called in process.
  Time: z
    .union([z.number().transform((seconds) => seconds * 1000), z.date().transform((date) => date.getTime())])
    .optional(),
  Source: z.string().optional(),
  Resources: z.array(z.string()).optional(),
  DetailType: z.string().optional(),
  Detail: z.string().optional(),
  EventBusName: z.string().optional(),
  TraceHeader: z.string().optional(),
});
const inputShape = z.strictObject({ Entries: z.array(entryShape).min(1) });
type Entry = z.infer<typeof entryShape>;

type EntryResult = { EventId: string } | Refusal;

const MOST_ENTRIES = 10;
// Entry and request: 1 MB since January 2026.
const LARGEST_REQUEST = 1_048_576;

/** PutEvents. An entry that is refused leaves the others alone; those that are taken are on disk, with all they cause, when it answers. */
export async function putEvents(
  kernel: Kernel,
  registry: RuleRegistry,
  bus: Bus,
  input: unknown,
  principal: Principal,
) {
  const entries = parseInput(inputShape, input).Entries;
  if (entries.length > MOST_ENTRIES) {
    throw new AwsError(
      'ValidationException',
      `1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length less than or equal to ${MOST_ENTRIES}`,
    );
  }
  if (entries.reduce((sum, entry) => sum + sizeOf(entry), 0) > LARGEST_REQUEST) {
    throw new AwsError('ValidationException', 'Total size of the entries in the request is over the limit.');
  }
  for (const { EventBusName, Source, DetailType } of entries) {
    kernel.authorizer.authorize(principal, 'events:PutEvents', registry.busArn(registry.busName(EventBusName)), {
      ...(Source !== undefined && { 'events:source': Source }),
      ...(DetailType !== undefined && { 'events:detail-type': DetailType }),
    });
  }
  const Entries = await kernel.track(
    kernel.storage.write((group) =>
      entries.map((entry): EntryResult => {
        const { event, refusal } = toEvent(kernel, entry);
        if (!event) return refusal;
        const name = registry.busName(entry.EventBusName);
        if (registry.hasBus(name)) bus.publish(group, name, event);
        // The service answers success: whoever mistypes a bus finds out only here.
        else
          kernel.report(
            'events PutEvents',
            new Error(`event bus ${name} does not exist: the event ${event.id} is lost`),
          );
        return { EventId: String(event.id) };
      }),
    ),
  );
  return { FailedEntryCount: Entries.filter((entry) => 'ErrorCode' in entry).length, Entries };
}

/** As the service counts: the time as 14 bytes, the rest in UTF-8. Source: EventBridge User Guide, "PutEvents entry size". */
function sizeOf({ Time, Source = '', DetailType = '', Detail = '', Resources = [] }: Entry): number {
  const texts = [Source, DetailType, Detail, ...Resources];
  return (Time === undefined ? 0 : 14) + texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}

interface Refusal {
  ErrorCode: string;
  ErrorMessage: string;
}

type Made = { event: EventObject; refusal?: undefined } | { event?: undefined; refusal: Refusal };

function toEvent(kernel: Kernel, entry: Entry): Made {
  const { Source, DetailType, Detail } = entry;
  if (!Source) return missing('Source');
  if (!DetailType) return missing('DetailType');
  if (!Detail) return missing('Detail');
  if (Source.startsWith('aws.')) {
    return {
      refusal: { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'Not authorized for the source.' },
    };
  }
  const detail = parseDetail(Detail);
  if (detail === undefined) return { refusal: { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' } };
  const event = {
    version: '0',
    id: randomUUID(),
    'detail-type': DetailType,
    source: Source,
    account: kernel.account,
    time: toEventTime(entry.Time ?? kernel.clock.now()),
    region: kernel.region,
    resources: entry.Resources ?? [],
    detail,
  };
  return { event };
}

function missing(name: string): Made {
  const ErrorMessage = `Parameter ${name} is not valid. Reason: ${name} is a required argument.`;
  return { refusal: { ErrorCode: 'InvalidArgument', ErrorMessage } };
}

function parseDetail(text: string): { [key: string]: Json } | undefined {
  try {
    const detail = parseJson(text);
    return typeof detail === 'object' && detail !== null && !Array.isArray(detail) ? detail : undefined;
  } catch {
    return undefined;
  }
}
