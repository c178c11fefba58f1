import * as z from 'zod';
import { drawHistory, historyEvent } from './history.ts';
import { type Html, html, link, pretty, shortName, table, time } from './html.ts';
import type { Source } from './source.ts';

const machines = z.object({ stateMachines: z.array(z.object({ stateMachineArn: z.string(), name: z.string() })) });
const item = z.object({
  executionArn: z.string(),
  name: z.string(),
  status: z.string(),
  startDate: z.number(),
  stopDate: z.number().optional(),
});
const executions = z.object({ executions: z.array(item), nextToken: z.string().optional() });
const execution = item.extend({
  input: z.string().optional(),
  output: z.string().optional(),
  error: z.string().optional(),
  cause: z.string().optional(),
});
const history = z.object({ events: z.array(historyEvent) });

const STATUSES = ['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'];
const PAGE = 50;
/** How many executions the overview counts: more would make it slow to look at. */
const COUNTED = 1000;

export async function machineList({ ask }: Source): Promise<Html> {
  const { stateMachines } = machines.parse(await ask('states', 'ListStateMachines', {}));
  const rows = stateMachines.map(async ({ stateMachineArn, name }) => {
    const counts = STATUSES.map(async (statusFilter) => {
      const input = { stateMachineArn, statusFilter, maxResults: COUNTED };
      const found = executions.parse(await ask('states', 'ListExecutions', input));
      const count = `${found.executions.length}${found.nextToken ? '+' : ''}`;
      const shown =
        count === '0' ? '' : link('/_local/executions', { machine: stateMachineArn, status: statusFilter }, count);
      return statusFilter === 'FAILED' || statusFilter === 'TIMED_OUT'
        ? html`<span class="bad">${shown}</span>`
        : shown;
    });
    return [link('/_local/executions', { machine: stateMachineArn }, name), ...(await Promise.all(counts))];
  });
  return table(
    ['state machine', ...STATUSES.map((one) => one.toLowerCase().replace('_', ' '))],
    await Promise.all(rows),
  );
}

export async function executionsPage({ ask }: Source, query: URLSearchParams): Promise<Html> {
  const machine = query.get('machine') ?? '';
  const status = query.get('status') ?? undefined;
  const next = query.get('next') ?? undefined;
  const { executions: found, nextToken } = executions.parse(
    await ask('states', 'ListExecutions', {
      stateMachineArn: machine,
      maxResults: PAGE,
      ...(status && { statusFilter: status }),
      ...(next && { nextToken: next }),
    }),
  );
  const filters = [undefined, ...STATUSES].map(
    (one) => html`${link('/_local/executions', { machine, status: one }, one?.toLowerCase() ?? 'all')} `,
  );
  return html`<h1>${shortName(machine)}</h1><p>${filters}</p>
${table(
  ['execution', 'status', 'started', 'milliseconds'],
  found.map(({ executionArn, name, status: state, startDate, stopDate }) => [
    link('/_local/execution', { arn: executionArn }, name),
    tag(state),
    time(startDate * 1000),
    stopDate === undefined ? '' : Math.round((stopDate - startDate) * 1000),
  ]),
)}
<p>${nextToken ? link('/_local/executions', { machine, status, next: nextToken }, 'older') : ''}</p>`;
}

export async function executionPage({ ask, now }: Source, query: URLSearchParams): Promise<Html> {
  const executionArn = query.get('arn') ?? '';
  const found = execution.parse(await ask('states', 'DescribeExecution', { executionArn }));
  const { events } = history.parse(await ask('states', 'GetExecutionHistory', { executionArn, maxResults: 1000 }));
  const { name, status, startDate, stopDate, input, output, error, cause } = found;
  const end = stopDate === undefined ? now() : stopDate * 1000;
  return html`<h1>${name}</h1>
<p>${tag(status)} ${time(startDate * 1000)}, ${Math.round(end - startDate * 1000)} ms <span class="dim">${executionArn}</span></p>
${error === undefined ? '' : html`<p class="bad"><strong>${error}</strong> ${cause}</p>`}
<h2>States</h2>
${drawHistory(events, startDate * 1000, end)}
<div class="data"><div><h2>Input</h2>${pretty(input ?? '')}</div><div><h2>Output</h2>${pretty(output ?? '')}</div></div>`;
}

const tag = (status: string): Html => html`<span class="tag ${status}">${status}</span>`;
