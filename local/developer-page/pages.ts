import { AwsError } from '../kernel/errors.ts';
import type { LocalRequest, LocalResponse } from '../kernel/local-pages.ts';
import { executionPage, executionsPage, machineList } from './executions.ts';
import { type Html, html } from './html.ts';
import { page } from './layout.ts';
import { eventList, functionList, functionPage, queueList, queuePage, scheduleList } from './services.ts';
import type { Source } from './source.ts';
import { tableList, tablePage } from './tables.ts';

/** Nothing on a page may run or be fetched: what customers typed stands in it. */
const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

const pages: Record<string, { title: string; body: (source: Source, query: URLSearchParams) => Promise<Html> }> = {
  '/': { title: 'Overview', body: overview },
  '/_local/table': { title: 'Table', body: tablePage },
  '/_local/executions': { title: 'Executions', body: executionsPage },
  '/_local/execution': { title: 'Execution', body: executionPage },
  '/_local/queue': { title: 'Queue', body: queuePage },
  '/_local/function': { title: 'Function', body: functionPage },
};

/** What a person sees who opens the AWS port in a browser: everything, to look at only. */
export async function developerPage(source: Source, apiUrl: string, request: LocalRequest): Promise<LocalResponse> {
  if (request.method !== 'GET') return { status: 405, headers: { ...HEADERS, allow: 'GET' }, body: '' };
  const asked = Object.hasOwn(pages, request.path) ? pages[request.path] : undefined;
  const answer = (status: number, title: string, body: Html) => ({
    status,
    headers: HEADERS,
    body: page(title, `${apiUrl}/local/mailbox`, body),
  });
  if (!asked) return answer(404, 'Not found', html`<h1>There is no such page</h1>`);
  try {
    return answer(200, asked.title, await asked.body(source, request.query));
  } catch (error) {
    // A link to what is gone by now, or an address typed by hand.
    if (!(error instanceof AwsError || error instanceof SyntaxError)) throw error;
    return answer(404, 'Not found', html`<h1>Not found</h1><p class="bad">${error.message}</p>`);
  }
}

async function overview(source: Source): Promise<Html> {
  const parts = await Promise.all([
    section('executions', machineList(source)),
    section('queues', queueList(source)),
    section('tables', tableList(source)),
    section('functions', functionList(source)),
    section('schedules', scheduleList(source)),
    section('events', eventList(source)),
  ]);
  return html`${parts}`;
}

async function section(name: string, body: Promise<Html>): Promise<Html> {
  return html`<section id="${name}"><h2>${name.charAt(0).toUpperCase()}${name.slice(1)}</h2>${await body}</section>`;
}
