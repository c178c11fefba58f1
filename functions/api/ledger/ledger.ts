import { type ListingDeps, pageAnswer } from '../../../shared/api/listing.ts';
import { type AccountCodes, chart, codeOf, type LedgerAccount } from '../../../shared/domain/ledger/chart.ts';
import type { LedgerPosting } from '../../../shared/domain/ledger/posting.ts';
import { trialBalances } from '../../../shared/domain/ledger/trial-balance.ts';
import type { AccountCodeStore, LedgerReader } from '../../../shared/ports/ledger.ts';
import type { Page, Position } from '../../../shared/ports/order-store.ts';
import type { Answer } from '../../../shared/runtime/answer.ts';
import type { ApiRequest } from '../../../shared/runtime/request.ts';
import type { ledgerContracts } from './contract.ts';

type RequestOf<Name extends keyof typeof ledgerContracts> = ApiRequest<(typeof ledgerContracts)[Name]>;

export interface LedgerApiDeps extends ListingDeps {
  ledger: LedgerReader;
  codes: AccountCodeStore;
}

export async function getTrialBalance(
  { ledger }: LedgerApiDeps,
  { query: { from, to, currency, legalEntityId } }: RequestOf<'getTrialBalance'>,
): Promise<Answer> {
  const [before, during, codes] = await Promise.all([
    ledger.totalsBefore(legalEntityId, from),
    ledger.totals(legalEntityId, from, to),
    ledger.codes(legalEntityId),
  ]);
  const balances = trialBalances(before, during, codes).filter(
    (balance) => currency === undefined || balance.currency === currency,
  );
  return { status: 200, body: { legalEntityId, from, to, balances } };
}

/** Pages of entries that are read for one page of those that move an account. */
const mostRounds = 5;

export function listLedgerEntries(deps: LedgerApiDeps, request: RequestOf<'listLedgerEntries'>): Promise<Answer> {
  const { from, to, account, orderId, legalEntityId, limit, cursor } = request.query;
  const isWanted = ({ day, lines }: LedgerPosting) =>
    (account === undefined || lines.some((line) => line.account === account)) &&
    (from === undefined || day >= from) &&
    (to === undefined || day <= to);
  const read = (page: { limit: number; after?: Position }) =>
    orderId === undefined
      ? entriesOfPeriod(deps.ledger, { legalEntityId, from: from ?? '', to: to ?? '' }, page, isWanted)
      : entriesOfOrder(deps.ledger, orderId, page, isWanted);
  const filters = { from, to, account, orderId, legalEntityId };
  return pageAnswer(deps, { ...request, route: 'ledger entries', filters, limit, cursor }, read, (entry) => entry);
}

async function entriesOfPeriod(
  ledger: LedgerReader,
  period: { legalEntityId: string; from: string; to: string },
  { limit, after }: { limit: number; after?: Position },
  isWanted: (entry: LedgerPosting) => boolean,
): Promise<Page<LedgerPosting>> {
  const items: LedgerPosting[] = [];
  let next = after;
  for (let round = 0; round < mostRounds; round++) {
    const page = await ledger.entries(period, { limit: limit - items.length, ...(next && { after: next }) });
    items.push(...page.items.filter(isWanted));
    next = page.next;
    if (!next || items.length >= limit) break;
  }
  return { items, ...(next && { next }) };
}

/** An order has some dozens: all are read. */
async function entriesOfOrder(
  ledger: LedgerReader,
  orderId: string,
  { limit, after }: { limit: number; after?: Position },
  isWanted: (entry: LedgerPosting) => boolean,
): Promise<Page<LedgerPosting>> {
  const all = (await ledger.entriesOfOrder(orderId)).filter(isWanted);
  const start = after ? all.findIndex(({ id }) => id === after.id) + 1 : 0;
  const items = all.slice(start, start + limit);
  const last = items.at(-1);
  return { items, ...(last && start + limit < all.length && { next: { id: last.id } }) };
}

export async function listLedgerAccounts(
  { codes }: LedgerApiDeps,
  { query: { legalEntityId } }: RequestOf<'listLedgerAccounts'>,
): Promise<Answer> {
  return { status: 200, body: { legalEntityId, data: accountsOf(await codes.codes(legalEntityId)) } };
}

export async function putLedgerAccounts(
  { codes }: LedgerApiDeps,
  { params: { legalEntityId }, body }: RequestOf<'putLedgerAccounts'>,
): Promise<Answer> {
  await codes.putCodes(legalEntityId, body.codes);
  return { status: 200, body: { legalEntityId, data: accountsOf(body.codes) } };
}

const accountsOf = (codes: AccountCodes) =>
  (Object.keys(chart) as LedgerAccount[]).map((account) => ({
    account,
    code: codeOf(codes, account),
    name: chart[account].name,
    kind: chart[account].kind,
  }));
