import { createHmac } from 'node:crypto';
import { codeHashOf } from '../../../shared/adapters/account-payments.ts';
import { type ListingDeps, pageAnswer } from '../../../shared/api/listing.ts';
import { type Account, fresh } from '../../../shared/domain/accounts/account.ts';
import { codeFrom, GiftCardId, plainCode } from '../../../shared/domain/accounts/gift-card.ts';
import { isoNow } from '../../../shared/ports/system.ts';
import type { Answer } from '../../../shared/runtime/answer.ts';
import { ProblemError } from '../../../shared/runtime/problem.ts';
import type { ApiRequest, Idempotency } from '../../../shared/runtime/request.ts';
import type { giftCardContracts } from './contract.ts';
import { representEntry } from './customer-accounts.ts';
import { type AccountDeps, changeOnce, untilCommitted } from './fund.ts';

type RequestOf<Name extends keyof typeof giftCardContracts> = ApiRequest<(typeof giftCardContracts)[Name]>;
export type GiftCardDeps = AccountDeps & ListingDeps;

/** Only the hash of the code is kept, yet a request whose answer was lost gets it again: it is made of the request's key and a secret that is kept apart. */
export async function issueGiftCard(deps: GiftCardDeps, request: RequestOf<'issueGiftCard'>): Promise<Answer> {
  const { body, idempotency, actor } = request;
  if (!idempotency) throw new Error('the contract asks for a key');
  const { amount, currency, expiresAt, note, reason, legalEntityId } = body;
  if (expiresAt !== undefined && expiresAt <= isoNow(deps.system)) {
    const errors = [{ pointer: '/expiresAt', code: 'in_the_past', detail: 'Must be in the future.' }];
    throw new ProblemError('validation_failed', undefined, { errors });
  }
  const code = body.code ?? (await codeOf(deps, idempotency));
  const owner = GiftCardId.parse(`gft_${deps.system.ulid()}`);
  const ends = expiresAt === undefined ? {} : { expiresAt };
  const { answer, replayed } = await changeOnce(
    deps,
    idempotency,
    async () => ({
      before: undefined,
      empty: (at) => ({
        ...fresh({ kind: 'giftCard', owner, currency }, at),
        ...ends,
        codeEnd: plainCode(code).slice(-4),
      }),
      codeHash: codeHashOf(code),
    }),
    { amount, reason, legalEntityId, note, by: actor.id },
    (_, createdAt) => ({ id: owner, currency, amount, ...ends, createdAt }),
  );
  const headers = { location: `/v1/gift-cards/${answer.id}`, ...(replayed && { 'idempotent-replayed': 'true' }) };
  return { status: 201, headers, body: { ...answer, code } };
}

/** What expired may be taken off it, and by nobody's doing but this: whether and when the law lets a shop keep it is the shop's to know. */
export async function adjustGiftCard(deps: GiftCardDeps, request: RequestOf<'adjustGiftCard'>): Promise<Answer> {
  const { params, body, idempotency, actor } = request;
  if (!idempotency) throw new Error('the contract asks for a key');
  const { answer, replayed } = await changeOnce(
    deps,
    idempotency,
    async (at) => {
      const before = await cardOf(deps, params.id);
      const hasExpired = before.expiresAt !== undefined && before.expiresAt <= at;
      if (body.reason === 'expired' && !hasExpired) throw new ProblemError('gift_card_not_expired');
      return { before, empty: () => before };
    },
    { ...body, by: actor.id },
    (account, at) => ({
      ...{ id: params.id, currency: account.currency, amount: body.amount, reason: body.reason },
      ...{ available: account.available, at },
    }),
  );
  return { status: 201, headers: replayed ? { 'idempotent-replayed': 'true' } : {}, body: answer };
}

async function codeOf({ cursors }: GiftCardDeps, { owner, key }: Idempotency): Promise<string> {
  const secret = await cursors.cursorSecret();
  return codeFrom(createHmac('sha256', secret).update(`gift card ${owner} ${key}`).digest());
}

/** One that is unknown and one that is none at all get the same answer. */
export async function lookUpGiftCard(deps: GiftCardDeps, { body }: RequestOf<'lookUpGiftCard'>): Promise<Answer> {
  const name = await deps.accounts.byCode(codeHashOf(body.code));
  const account = name && (await deps.accounts.account(name));
  if (!account) throw new ProblemError('gift_card_not_found');
  return { status: 200, body: represent(deps, account) };
}

async function cardOf({ accounts }: GiftCardDeps, id: GiftCardId): Promise<Account> {
  const [account] = await accounts.accounts(id, 'giftCard');
  if (!account) throw new ProblemError('gift_card_not_found');
  return account;
}

export const getGiftCard = async (deps: GiftCardDeps, { params }: RequestOf<'getGiftCard'>): Promise<Answer> => ({
  status: 200,
  body: represent(deps, await cardOf(deps, params.id)),
});

/** What orders have set aside already is captured all the same: they were promised it. */
export async function blockGiftCard(deps: GiftCardDeps, request: RequestOf<'blockGiftCard'>): Promise<Answer> {
  const { blocked } = request.body;
  const account = await untilCommitted(deps, async () => {
    const before = await cardOf(deps, request.params.id);
    if (before.blocked === blocked) return before;
    const after = { ...before, blocked, version: before.version + 1, updatedAt: isoNow(deps.system) };
    return (await deps.accounts.commit({ account: { before, after } })) ? after : undefined;
  });
  return { status: 200, body: represent(deps, account) };
}

export async function listGiftCardEntries(
  deps: GiftCardDeps,
  request: RequestOf<'listGiftCardEntries'>,
): Promise<Answer> {
  const account = await cardOf(deps, request.params.id);
  const { limit, cursor } = request.query;
  return pageAnswer(
    deps,
    { route: 'gift card entries', filters: {}, limit, cursor, ...request },
    (page) => deps.accounts.entries(account, page),
    representEntry,
  );
}

function represent({ system }: GiftCardDeps, account: Account) {
  const { owner, currency, available, aside, spent, codeEnd, blocked, expiresAt, createdAt, updatedAt } = account;
  const isExpired = expiresAt !== undefined && expiresAt <= isoNow(system);
  const status = blocked ? 'BLOCKED' : isExpired ? 'EXPIRED' : 'ACTIVE';
  return { id: owner, currency, available, aside, spent, codeEnd, status, expiresAt, createdAt, updatedAt };
}
