import * as z from 'zod';
import type { LogLine } from './sandbox/messages.ts';

const Failure = z.looseObject({
  name: z.string().default('Error'),
  message: z.string().default(''),
  stack: z.string().optional(),
  cause: z.string().optional(),
});
const Entry = z.looseObject({
  level: z.string(),
  message: z.string(),
  timestamp: z.string().optional(),
  orderId: z.string().optional(),
  /** What an event is about: often an order. */
  subject: z.string().optional(),
  fulfillmentId: z.string().optional(),
  milliseconds: z.number().optional(),
  route: z.string().optional(),
  status: z.number().optional(),
  failure: Failure.optional().catch(undefined),
});

export type Level = 'debug' | 'info' | 'warn' | 'error';
export const LEVELS: readonly Level[] = ['debug', 'info', 'warn', 'error'];

/** What a function logged, read. */
export interface ReadLine {
  /** `api/orders` */
  source: string;
  level: Level;
  /** Epoch milliseconds. */
  time: number;
  requestId: string;
  message: string;
  orderId: string | undefined;
  /** What else there is to know, `key=value`. */
  fields: string[];
  failure: { name: string; message: string; stack?: string | undefined; cause?: string | undefined } | undefined;
  /** As the function wrote it. */
  text: string;
}

/** Said by the line otherwise, or only of use where there are many machines. */
const LEFT_OUT = new Set([
  ...['level', 'message', 'timestamp', 'service', 'traceId', 'requestId', 'orderId', 'milliseconds'],
  ...['route', 'method', 'status', 'step', 'subscriber', 'keyId', 'eventId', 'failure'],
]);
/** A field that is longer than this is cut: the whole line is there with `--json`. */
const LONGEST_FIELD = 80;

/** @param now for lines that have no time of their own */
export function readLine({ text, requestId }: LogLine, source: string, now: number): ReadLine {
  const { data: entry } = Entry.safeParse(parsed(text));
  if (!entry) {
    return {
      source,
      level: 'info',
      time: now,
      requestId,
      message: text,
      orderId: undefined,
      fields: [],
      failure: undefined,
      text,
    };
  }
  const { route, status, milliseconds, failure, subject } = entry;
  const ofOrder = subject?.startsWith('ord_');
  const said = route === undefined ? entry.message : `${route} ${status ?? ''}`.trim();
  const level = LEVELS.find((each) => each === entry.level.toLowerCase()) ?? 'info';
  return {
    source,
    level,
    time: entry.timestamp === undefined ? now : Date.parse(entry.timestamp) || now,
    requestId,
    message: milliseconds === undefined ? said : `${said} ${milliseconds} ms`,
    orderId: entry.orderId ?? (ofOrder ? subject : undefined),
    fields: Object.entries(entry).flatMap(([key, value]) =>
      LEFT_OUT.has(key) || (ofOrder && key === 'subject') ? [] : [field(key, value)],
    ),
    failure,
    text,
  };
}

function parsed(text: string): unknown {
  if (!text.startsWith('{')) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // A line that only looks like one of ours is printed as it stands.
    return undefined;
  }
}

function field(key: string, value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return `${key}=${text.length > LONGEST_FIELD ? `${text.slice(0, LONGEST_FIELD)}…` : text}`;
}
