import { type ListingDeps, pageAnswer } from '../../../shared/api/listing.ts';
import { type Account, type AccountEntry, fresh, moved } from '../../../shared/domain/accounts/account.ts';
import { isoNow } from '../../../shared/ports/system.ts';
import type { Answer } from '../../../shared/runtime/answer.ts';
import { ProblemError } from '../../../shared/runtime/problem.ts';
import type { ApiRequest } from '../../../shared/runtime/request.ts';
import type { customerAccountContracts } from './contract.ts';
import { type AccountDeps, changeOnce, untilCommitted } from './fund.ts';

type RequestOf<Name extends keyof typeof customerAccountContracts> = ApiRequest<
  (typeof customerAccountContracts)[Name]
>;
export type CustomerAccountDeps = AccountDeps & ListingDeps;

export async function grantStoreCredit(
  deps: CustomerAccountDeps,
  { params, body, idempotency, actor }: RequestOf<'grantStoreCredit'>,
): Promise<Answer> {
  if (!idempotency) throw new Error('the contract asks for a key');
  const { currency, amount, note, reason, legalEntityId } = body;
  const name = { kind: 'storeCredit', owner: params.id, currency } as const;
  const { answer, replayed } = await changeOnce(
    deps,
    idempotency,
    async () => ({ before: await deps.accounts.account(name), empty: (at) => fresh(name, at) }),
    { amount, reason, legalEntityId, note, by: actor.id },
    ({ available }, at) => ({ currency, amount, available, at }),
  );
  return { status: 201, headers: replayed ? { 'idempotent-replayed': 'true' } : {}, body: answer };
}

export async function adjustStoreCredit(
  deps: CustomerAccountDeps,
  { params, body, idempotency, actor }: RequestOf<'adjustStoreCredit'>,
): Promise<Answer> {
  if (!idempotency) throw new Error('the contract asks for a key');
  const { currency, ...change } = body;
  const { answer, replayed } = await changeOnce(
    deps,
    idempotency,
    async () => {
      const before = await deps.accounts.account({ kind: 'storeCredit', owner: params.id, currency });
      if (!before) throw new ProblemError('account_not_found');
      return { before, empty: () => before };
    },
    { ...change, by: actor.id },
    ({ available }, at) => ({ currency, amount: change.amount, reason: change.reason, available, at }),
  );
  return { status: 201, headers: replayed ? { 'idempotent-replayed': 'true' } : {}, body: answer };
}

export const listStoreCredit = async (
  { accounts }: CustomerAccountDeps,
  { params }: RequestOf<'listStoreCredit'>,
): Promise<Answer> => ({
  status: 200,
  body: { data: (await accounts.accounts(params.id, 'storeCredit')).map(representCredit) },
});

const representCredit = ({ currency, available, aside, spent, updatedAt }: Account) => ({
  ...{ currency, available, aside, spent, updatedAt },
});

/** What is used stays used: a limit below it leaves nothing until enough is paid. */
export async function setTerms(
  deps: CustomerAccountDeps,
  { params, body, actor }: RequestOf<'setTerms'>,
): Promise<Answer> {
  const { currency, limit, days } = body;
  const name = { kind: 'terms', owner: params.id, currency } as const;
  const account = await untilCommitted(deps, async () => {
    const at = isoNow(deps.system);
    const before = await deps.accounts.account(name);
    const known = before ?? fresh(name, at);
    if (before && known.funded === limit && known.days === days) return known;
    const change = limitChange(known, limit, actor.id, at);
    const changed = change?.account ?? { ...known, version: known.version + 1, updatedAt: at };
    const after = { ...changed, days };
    const entry = change && { entry: change.entry };
    return (await deps.accounts.commit({ account: { before, after }, ...entry })) ? after : undefined;
  });
  return { status: 200, body: representTerms(account) };
}

function limitChange(account: Account, limit: number, by: string, at: string) {
  const more = limit - account.funded;
  if (more === 0) return undefined;
  const movement =
    more > 0
      ? ({ kind: 'funded', from: 'OUTSIDE', to: 'AVAILABLE', amount: more, by, at } as const)
      : ({ kind: 'withdrawn', from: 'AVAILABLE', to: 'OUTSIDE', amount: -more, by, at } as const);
  const after = moved(account, movement);
  if (!after) throw new ProblemError('account_full');
  return after;
}

export const listTerms = async (
  { accounts }: CustomerAccountDeps,
  { params }: RequestOf<'listTerms'>,
): Promise<Answer> => ({
  status: 200,
  body: { data: (await accounts.accounts(params.id, 'terms')).map(representTerms) },
});

const representTerms = ({ currency, funded, available, aside, days, updatedAt }: Account) => ({
  ...{ currency, limit: funded, available, used: aside, days, updatedAt },
});

export const listEntries =
  (kind: 'storeCredit' | 'terms') =>
  async (
    deps: CustomerAccountDeps,
    request: RequestOf<'listStoreCreditEntries' | 'listTermsEntries'>,
  ): Promise<Answer> => {
    const { limit, cursor, currency } = request.query;
    const account = await deps.accounts.account({ kind, owner: request.params.id, currency });
    if (!account) throw new ProblemError('account_not_found');
    return pageAnswer(
      deps,
      { route: `${kind} entries`, filters: { currency }, limit, cursor, ...request },
      (page) => deps.accounts.entries(account, page),
      representEntry,
    );
  };

/** Its number is the account's own affair. */
export const representEntry = ({ number: _, ...entry }: AccountEntry) => entry;
