import * as z from 'zod';
import { AwsError } from '../kernel/errors.ts';
import type { Kernel, Principal, Service } from '../kernel/kernel.ts';
import { parseInput } from '../kernel/parse-input.ts';
import type { LogLine } from '../lambda/sandbox/messages.ts';
import { parseFilterPattern } from './filter-pattern.ts';

/** What a function writes to, and what it has written lately. */
export interface LogSource {
  group: string;
  stream: string;
  lines(): LogLine[];
}

interface LogEvent {
  eventId: string;
  timestamp: number;
  ingestionTime: number;
  message: string;
  logStreamName: string;
}

const PAGE = 10_000;
const time = z.number().min(0).optional();
const page = { nextToken: z.string().optional(), limit: z.int().min(1).max(PAGE).optional() };
const groupsShape = z.strictObject({
  ...page,
  logGroupNamePrefix: z.string().optional(),
  logGroupNamePattern: z.string().optional(),
});
const streamsShape = z.strictObject({
  ...page,
  ...groupName(),
  logStreamNamePrefix: z.string().optional(),
  orderBy: z.enum(['LogStreamName', 'LastEventTime']).optional(),
  descending: z.boolean().optional(),
});
const eventsShape = z.strictObject({
  ...page,
  ...groupName(),
  logStreamName: z.string(),
  startTime: time,
  endTime: time,
  startFromHead: z.boolean().optional(),
});
const filterShape = z.strictObject({
  ...page,
  ...groupName(),
  logStreamNames: z.array(z.string()).min(1).max(100).optional(),
  logStreamNamePrefix: z.string().optional(),
  startTime: time,
  endTime: time,
  filterPattern: z.string().max(1024).optional(),
  interleaved: z.boolean().optional(),
});

/** A group is named, or (by newer clients) given by its ARN. */
function groupName() {
  return { logGroupName: z.string().optional(), logGroupIdentifier: z.string().optional() };
}

/** Amazon CloudWatch Logs, to be read: the last 1,000 lines of each function, which this process holds in memory. */
export function createLogs(kernel: Kernel, sources: () => LogSource[]): Service {
  const groupArn = (name: string) => `arn:aws:logs:${kernel.region}:${kernel.account}:log-group:${name}`;
  const operations: Record<string, (input: unknown, principal: Principal) => unknown> = {
    DescribeLogGroups(input, principal) {
      const { logGroupNamePrefix = '', logGroupNamePattern = '', limit = 50, nextToken } = parse(groupsShape, input);
      kernel.authorizer.authorize(principal, 'logs:DescribeLogGroups', groupArn('*'));
      const names = [...new Set(sources().map(({ group }) => group))]
        .filter((name) => name.startsWith(logGroupNamePrefix) && name.includes(logGroupNamePattern))
        .toSorted();
      const { items, next } = pageOf(names, nextToken, limit);
      const logGroups = items.map((name) => ({
        logGroupName: name,
        arn: `${groupArn(name)}:*`,
        logGroupArn: groupArn(name),
        logGroupClass: 'STANDARD',
        metricFilterCount: 0,
        storedBytes: sizeOf(sources().filter(({ group }) => group === name)),
      }));
      return { logGroups, ...next };
    },

    DescribeLogStreams(input, principal) {
      const asked = parse(streamsShape, input);
      const group = authorized(asked, 'DescribeLogStreams', principal);
      const found = sourcesOf(group).filter(({ stream }) => stream.startsWith(asked.logStreamNamePrefix ?? ''));
      const streams = found.map(({ stream, lines }) => {
        const all = lines();
        const first = all[0]?.time;
        const last = all.at(-1)?.time;
        return {
          logStreamName: stream,
          arn: `${groupArn(group)}:log-stream:${stream}`,
          storedBytes: 0,
          ...(first !== undefined && { creationTime: first, firstEventTimestamp: first }),
          ...(last !== undefined && { lastEventTimestamp: last, lastIngestionTime: last }),
        };
      });
      const byTime = asked.orderBy === 'LastEventTime';
      streams.sort((a, b) =>
        byTime ? (a.lastEventTimestamp ?? 0) - (b.lastEventTimestamp ?? 0) : a.logStreamName < b.logStreamName ? -1 : 1,
      );
      if (asked.descending) streams.reverse();
      const { items, next } = pageOf(streams, asked.nextToken, asked.limit ?? 50);
      return { logStreams: items, ...next };
    },

    GetLogEvents(input, principal) {
      const asked = parse(eventsShape, input);
      const group = authorized(asked, 'GetLogEvents', principal);
      const source = sourcesOf(group).find(({ stream }) => stream === asked.logStreamName);
      if (!source) throw notFound('log stream');
      const all = eventsOf([source], asked);
      const limit = asked.limit ?? PAGE;
      const [, direction, edge] = /^([fb])\/(\d+)$/.exec(asked.nextToken ?? '') ?? [];
      if (asked.nextToken !== undefined && edge === undefined) throw invalid('The specified nextToken is invalid.');
      const after = (id: string) => all.filter(({ eventId }) => eventId > id).slice(0, limit);
      const before = (id: string) => all.filter(({ eventId }) => eventId < id).slice(-limit);
      const chosen =
        edge !== undefined
          ? direction === 'f'
            ? after(edge)
            : before(edge)
          : asked.startFromHead
            ? all.slice(0, limit)
            : all.slice(-limit);
      // At the end a token leads to itself, which is how clients know that they are there.
      const last = chosen.at(-1)?.eventId ?? edge ?? FIRST_ID;
      const first = chosen[0]?.eventId ?? edge ?? FIRST_ID;
      const events = chosen.map(({ timestamp, ingestionTime, message }) => ({ timestamp, ingestionTime, message }));
      return { events, nextForwardToken: `f/${last}`, nextBackwardToken: `b/${first}` };
    },

    FilterLogEvents(input, principal) {
      const asked = parse(filterShape, input);
      const group = authorized(asked, 'FilterLogEvents', principal);
      const matches = parseFilterPattern(asked.filterPattern ?? '');
      const streams = sourcesOf(group).filter(
        ({ stream }) =>
          stream.startsWith(asked.logStreamNamePrefix ?? '') && (asked.logStreamNames?.includes(stream) ?? true),
      );
      const found = eventsOf(streams, asked).filter(({ message }) => matches(message));
      const after = asked.nextToken ?? '';
      if (!/^\d*$/.test(after)) throw invalid('The specified nextToken is invalid.');
      const rest = found.filter(({ eventId }) => eventId > after);
      const events = rest.slice(0, asked.limit ?? PAGE);
      const more = rest.length > events.length && { nextToken: events.at(-1)?.eventId };
      return { events, searchedLogStreams: [], ...more };
    },
  };

  const authorized = (
    {
      logGroupName,
      logGroupIdentifier,
    }: { logGroupName?: string | undefined; logGroupIdentifier?: string | undefined },
    action: string,
    principal: Principal,
  ): string => {
    if ((logGroupName === undefined) === (logGroupIdentifier === undefined)) {
      throw invalid('Exactly one of logGroupName and logGroupIdentifier is needed.');
    }
    const name = logGroupName ?? logGroupIdentifier?.replace(/^arn:aws:logs:[^:]+:\d{12}:log-group:/, '') ?? '';
    kernel.authorizer.authorize(principal, `logs:${action}`, `${groupArn(name)}:*`);
    return name;
  };
  const sourcesOf = (name: string): LogSource[] => {
    const found = sources().filter(({ group }) => group === name);
    if (found.length === 0) throw notFound('log group');
    return found;
  };

  return {
    name: 'logs',
    operations: Object.keys(operations),
    json: { targetPrefixes: ['Logs_20140328'], version: '1.1' },
    resources: [],
    async call(operation, input, principal) {
      const handle = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
      if (handle) return handle(input, principal);
      const message = `CloudWatch Logs on this machine has no operation ${operation}.`;
      throw new AwsError('UnknownOperationException', message);
    },
  };
}

const FIRST_ID = '0'.repeat(20);

/** In the order in which they came; `endTime` is not part of it, as on AWS. */
function eventsOf(
  sources: LogSource[],
  {
    startTime = 0,
    endTime = Number.POSITIVE_INFINITY,
  }: { startTime?: number | undefined; endTime?: number | undefined },
): LogEvent[] {
  const events = sources.flatMap(({ stream, lines }) =>
    lines().map(({ text, time: at = 0, number = 0 }) => ({
      eventId: String(number).padStart(20, '0'),
      timestamp: at,
      ingestionTime: at,
      message: text,
      logStreamName: stream,
    })),
  );
  return events
    .filter(({ timestamp }) => timestamp >= startTime && timestamp < endTime)
    .sort((a, b) => (a.eventId < b.eventId ? -1 : 1));
}

function sizeOf(sources: LogSource[]): number {
  return sources.reduce((sum, { lines }) => sum + lines().reduce((bytes, { text }) => bytes + text.length, 0), 0);
}

function pageOf<T>(all: T[], token: string | undefined, limit: number): { items: T[]; next: { nextToken?: string } } {
  if (token !== undefined && !/^\d+$/.test(token)) throw invalid('The specified nextToken is invalid.');
  const from = Number(token ?? 0);
  const until = from + limit;
  return { items: all.slice(from, until), next: until < all.length ? { nextToken: String(until) } : {} };
}

function parse<T>(shape: z.ZodType<T>, input: unknown): T {
  return parseInput(shape, input, 'InvalidParameterException');
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterException', message);
}

function notFound(what: string): AwsError {
  return new AwsError('ResourceNotFoundException', `The specified ${what} does not exist.`);
}
