import * as z from 'zod';
import { type Html, html, link, pretty, shortName, table, time } from './html.ts';
import type { Source } from './source.ts';

const MESSAGES_SHOWN = 50;
const LINES_SHOWN = 200;

export async function queueList({ ask }: Source): Promise<Html> {
  const { QueueUrls } = z
    .object({ QueueUrls: z.array(z.string()).default([]) })
    .parse(await ask('sqs', 'ListQueues', {}));
  const rows = QueueUrls.map(async (QueueUrl) => {
    const { Attributes: of } = z
      .object({ Attributes: z.record(z.string(), z.string()) })
      .parse(await ask('sqs', 'GetQueueAttributes', { QueueUrl, AttributeNames: ['All'] }));
    const name = shortName(QueueUrl);
    const visible = of.ApproximateNumberOfMessages ?? '';
    const isAlarming = name.endsWith('dead-letters') && visible !== '0';
    return [
      link('/_local/queue', { name }, name),
      isAlarming ? html`<strong class="bad">${visible}</strong>` : visible,
      of.ApproximateNumberOfMessagesNotVisible,
      of.ApproximateNumberOfMessagesDelayed,
    ];
  });
  return table(['queue', 'visible', 'in flight', 'delayed'], await Promise.all(rows));
}

export async function queuePage({ services }: Source, query: URLSearchParams): Promise<Html> {
  const name = query.get('name') ?? '';
  const messages = services.sqs.peek(name, MESSAGES_SHOWN);
  return html`<h1>${name}</h1><p class="dim">The oldest ${MESSAGES_SHOWN} messages. Looking at them takes none away.</p>
${table(
  ['sent', 'received', 'body'],
  messages.map(({ sentAt, receiveCount, body }) => [time(sentAt), `${receiveCount} times`, pretty(body)]),
  'The queue is empty.',
)}`;
}

export async function eventList({ ask }: Source): Promise<Html> {
  const buses = z
    .object({ EventBuses: z.array(z.object({ Name: z.string() })) })
    .parse(await ask('events', 'ListEventBuses', {})).EventBuses;
  const rows = await Promise.all(buses.map(async ({ Name }) => rulesOf(ask, Name)));
  const { Archives } = z
    .object({ Archives: z.array(z.object({ ArchiveName: z.string(), EventCount: z.number().optional() })) })
    .parse(await ask('events', 'ListArchives', {}));
  return html`${table(['bus', 'rule', 'pattern or schedule', 'targets'], rows.flat())}
<p>Archives: ${Archives.length === 0 ? 'none' : Archives.map(({ ArchiveName, EventCount }) => `${ArchiveName} (${EventCount ?? '?'} events) `)}</p>`;
}

const rules = z.object({
  Rules: z.array(
    z.object({
      Name: z.string(),
      State: z.string().optional(),
      EventPattern: z.string().optional(),
      ScheduleExpression: z.string().optional(),
    }),
  ),
});
const targets = z.object({ Targets: z.array(z.object({ Arn: z.string() })) });

async function rulesOf(ask: Source['ask'], bus: string) {
  const { Rules } = rules.parse(await ask('events', 'ListRules', { EventBusName: bus }));
  return Promise.all(
    Rules.map(async ({ Name, State, EventPattern, ScheduleExpression }) => {
      const { Targets } = targets.parse(await ask('events', 'ListTargetsByRule', { EventBusName: bus, Rule: Name }));
      return [
        bus,
        `${Name}${State === 'DISABLED' ? ' (disabled)' : ''}`,
        EventPattern ? pretty(EventPattern) : ScheduleExpression,
        Targets.map(({ Arn }) => html`${shortName(Arn)}<br>`),
      ];
    }),
  );
}

export async function functionList({ ask, services }: Source): Promise<Html> {
  const { Functions } = z
    .object({ Functions: z.array(z.object({ FunctionName: z.string() })) })
    .parse(await ask('lambda', 'ListFunctions', {}));
  const { byFunction, errorsByFunction } = services.lambda.meter();
  return table(
    ['function', 'invocations', 'errors', 'last line'],
    Functions.map(({ FunctionName }) => [
      link('/_local/function', { name: FunctionName }, FunctionName),
      byFunction[FunctionName] ?? 0,
      errorsByFunction[FunctionName] ? html`<strong class="bad">${errorsByFunction[FunctionName]}</strong>` : 0,
      html`<small>${brief(services.lambda.logs(FunctionName).findLast(({ platform }) => !platform)?.text)}</small>`,
    ]),
  );
}

const logLine = z.looseObject({ level: z.string(), message: z.string() });

/** What a line of the log says, without what all of them say. */
function brief(line = ''): string {
  try {
    const { level, message, timestamp: _, service: __, ...rest } = logLine.parse(JSON.parse(line));
    return `${level} ${message} ${JSON.stringify(rest)}`.slice(0, 140);
  } catch {
    return line.slice(0, 140);
  }
}

export async function functionPage({ services }: Source, query: URLSearchParams): Promise<Html> {
  const name = query.get('name') ?? '';
  const lines = services.lambda.logs(name).slice(-LINES_SHOWN);
  return html`<h1>${name}</h1><p class="dim">The last ${LINES_SHOWN} lines that it printed, newest last.</p>
${lines.length === 0 ? html`<p class="none">Nothing yet.</p>` : html`<pre class="log">${lines.map(({ text }) => `${text.trimEnd()}\n`)}</pre>`}`;
}

export async function scheduleList({ ask, services, now }: Source): Promise<Html> {
  const { Schedules } = z
    .object({ Schedules: z.array(z.object({ Arn: z.string(), Name: z.string(), GroupName: z.string() })) })
    .parse(await ask('scheduler', 'ListSchedules', {}));
  const rows = Schedules.map(async ({ Arn, Name, GroupName }) => {
    const { ScheduleExpression, State, Target } = z
      .object({ ScheduleExpression: z.string(), State: z.string(), Target: z.object({ Arn: z.string() }) })
      .parse(await ask('scheduler', 'GetSchedule', { Name, GroupName }));
    const next = services.scheduler.nextTick(Arn);
    const wait = next === undefined ? '' : ` (in ${Math.max(0, Math.round((next - now()) / 1000))} s)`;
    return [Name, ScheduleExpression, State.toLowerCase(), shortName(Target.Arn), `${time(next)}${wait}`];
  });
  return table(['schedule', 'when', 'state', 'target', 'next tick'], await Promise.all(rows));
}
