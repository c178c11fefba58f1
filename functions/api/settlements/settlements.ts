import { createHash } from 'node:crypto';
import { type ListingDeps, pageAnswer } from '../../../shared/api/listing.ts';
import type { Actor } from '../../../shared/domain/actor.ts';
import { rowsOf } from '../../../shared/domain/settlement-file/formats.ts';
import { CsvFault } from '../../../shared/domain/stock/csv.ts';
import {
  mostSettlementRowsPerPart,
  type Settlement,
  SettlementId,
  type SettlementStore,
} from '../../../shared/ports/settlements.ts';
import { isoNow } from '../../../shared/ports/system.ts';
import type { Answer } from '../../../shared/runtime/answer.ts';
import { ProblemError } from '../../../shared/runtime/problem.ts';
import type { ApiRequest } from '../../../shared/runtime/request.ts';
import { type ResolveDeps, resolveDifference as resolve } from '../../../shared/use-cases/ledger/resolve-difference.ts';
import type { settlementContracts } from './contract.ts';

type RequestOf<Name extends keyof typeof settlementContracts> = ApiRequest<(typeof settlementContracts)[Name]>;

export interface SettlementApiDeps extends ListingDeps, Pick<ResolveDeps, 'exceptions' | 'timeZoneOf'> {
  settlements: SettlementStore;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
/** Of the parts in their order: the same file in the same parts. Rows of one that was cut in another way are found as repeated. */
const hashOf = (parts: readonly { hash: string }[]): string => sha256(parts.map(({ hash }) => hash).join(' '));

const represent = ({ version: _, createdBy, parts = [], totals, ...settlement }: Settlement) => ({
  ...settlement,
  createdBy: createdBy.id,
  rows: parts.reduce((sum, count) => sum + count, 0),
  ...(totals && { totals: totals.map(({ feeRows: __, ...total }) => total) }),
});

const answer = (status: number, settlement: Settlement): Answer => ({
  status,
  headers: { location: `/v1/settlements/${settlement.id}` },
  body: represent(settlement),
});

export async function createSettlement(
  deps: SettlementApiDeps,
  { body, actor }: RequestOf<'createSettlement'>,
): Promise<Answer> {
  const { settlements } = deps;
  const { csv, ...given } = body;
  const settlement = draft(deps, given, actor);
  if (csv === undefined) {
    await settlements.create(settlement);
    return answer(201, settlement);
  }
  const rows = rowsIn(body.format, csv);
  const hash = sha256(csv);
  const known = await submittedBefore(deps, settlement, hashOf([{ hash }]));
  if (known) return answer(200, known);
  await settlements.create(settlement);
  await settlements.putPart(settlement, 1, rows, hash);
  const submitted = await submit(deps, settlement.id);
  // Somebody has sent the same file at the same time.
  return 'existing' in submitted ? answer(200, submitted.existing) : answer(202, submitted.settlement);
}

function draft(
  { system }: SettlementApiDeps,
  given: Pick<Settlement, 'legalEntityId' | 'provider' | 'format' | 'fileName'>,
  actor: Actor,
): Settlement {
  const id = SettlementId.parse(`stl_${system.ulid()}`);
  return { id, ...given, createdBy: actor, createdAt: isoNow(system), state: 'DRAFT', version: 1 };
}

/** @throws ProblemError validation_failed: it cannot be read as rows at all. What is wrong with a row is told when the whole file is checked */
function rowsIn(format: Settlement['format'], csv: string): string[][] {
  const refuse = (code: string, detail: string) =>
    new ProblemError('validation_failed', undefined, { errors: [{ pointer: '/csv', code, detail }] });
  try {
    const rows = rowsOf(format, csv);
    if (rows.length === 0) throw refuse('no_rows', 'There is no row below the header.');
    if (rows.length <= mostSettlementRowsPerPart)
      return rows.map((fields) => fields.map((field) => field.slice(0, 300)));
    throw refuse('too_many_rows', `A part has at most ${mostSettlementRowsPerPart} rows, this one ${rows.length}.`);
  } catch (error) {
    if (error instanceof CsvFault) throw refuse('invalid_csv', error.message);
    throw error;
  }
}

async function submittedBefore(
  { settlements }: SettlementApiDeps,
  { legalEntityId }: Settlement,
  hash: string,
): Promise<Settlement | undefined> {
  const id = await settlements.withContent(legalEntityId, hash);
  return id && settlements.load(id);
}

async function loaded({ settlements }: SettlementApiDeps, id: SettlementId): Promise<Settlement> {
  const settlement = await settlements.load(id);
  if (!settlement) throw new ProblemError('settlement_not_found');
  return settlement;
}

export async function putSettlementPart(
  deps: SettlementApiDeps,
  { params, body }: RequestOf<'putSettlementPart'>,
): Promise<Answer> {
  for (;;) {
    const settlement = await loaded(deps, params.id);
    if (settlement.state !== 'DRAFT') throw new ProblemError('settlement_submitted');
    const rows = rowsIn(settlement.format, body.csv);
    // False: another part was put meanwhile.
    if (await deps.settlements.putPart(settlement, params.n, rows, sha256(body.csv))) {
      return { status: 200, body: { settlementId: settlement.id, part: params.n, rows: rows.length } };
    }
  }
}

/** @throws ProblemError settlement_not_found, settlement_incomplete */
async function submit(
  deps: SettlementApiDeps,
  id: SettlementId,
): Promise<{ settlement: Settlement } | { existing: Settlement }> {
  const { settlements, system } = deps;
  for (;;) {
    const before = await loaded(deps, id);
    if (before.state !== 'DRAFT') return { settlement: before };
    const parts = await settlements.parts(id);
    const gap = parts.findIndex(({ part }, index) => part !== index + 1);
    if (gap >= 0 || parts.length === 0) {
      const missingPart = (gap >= 0 ? gap : parts.length) + 1;
      throw new ProblemError('settlement_incomplete', undefined, { extensions: { missingPart } });
    }
    const hash = hashOf(parts);
    const existing = await submittedBefore(deps, before, hash);
    if (existing) return { existing };
    const at = isoNow(system);
    const rows = parts.map((one) => one.rows);
    const after = { ...before, state: 'SUBMITTED', version: before.version + 1, parts: rows, submittedAt: at } as const;
    const { legalEntityId, provider } = before;
    const data = { settlementId: id, legalEntityId, provider, rows: rows.reduce((sum, count) => sum + count, 0) };
    const event = { id: system.eventId(), type: 'settlement.submitted', at, data } as const;
    if (await settlements.submit(after, hash, event)) return { settlement: after };
  }
}

export async function submitSettlement(
  deps: SettlementApiDeps,
  { params }: RequestOf<'submitSettlement'>,
): Promise<Answer> {
  const submitted = await submit(deps, params.id);
  if ('settlement' in submitted) return answer(202, submitted.settlement);
  const { id: existingSettlementId } = submitted.existing;
  throw new ProblemError('settlement_known', undefined, { extensions: { existingSettlementId } });
}

export async function getSettlement(deps: SettlementApiDeps, { params }: RequestOf<'getSettlement'>): Promise<Answer> {
  const settlement = await loaded(deps, params.id);
  const body = represent(settlement);
  if (settlement.state !== 'SUBMITTED') return { status: 200, body };
  return { status: 200, body: { ...body, progress: await deps.settlements.progress(settlement.id) } };
}

export function listSettlements(deps: SettlementApiDeps, request: RequestOf<'listSettlements'>): Promise<Answer> {
  const { limit, cursor, legalEntityId } = request.query;
  return pageAnswer(
    deps,
    { ...request, route: 'settlements', filters: { legalEntityId }, limit, cursor },
    (page) => deps.settlements.list(legalEntityId, page),
    represent,
  );
}

export async function listSettlementErrors(
  deps: SettlementApiDeps,
  request: RequestOf<'listSettlementErrors'>,
): Promise<Answer> {
  const { id } = await loaded(deps, request.params.id);
  const { limit, cursor } = request.query;
  return pageAnswer(
    deps,
    { ...request, route: 'settlement errors', filters: {}, limit, cursor },
    (page) => deps.settlements.errors(id, page),
    (error) => error,
  );
}

export async function listDifferences(deps: SettlementApiDeps, request: RequestOf<'listDifferences'>): Promise<Answer> {
  const { id } = await loaded(deps, request.params.id);
  const { limit, cursor } = request.query;
  return pageAnswer(
    deps,
    { ...request, route: 'settlement differences', filters: {}, limit, cursor },
    (page) => deps.settlements.differences(id, page),
    (difference) => difference,
  );
}

export async function resolveDifference(
  deps: SettlementApiDeps,
  { params, body, actor }: RequestOf<'resolveDifference'>,
): Promise<Answer> {
  const settlement = await loaded(deps, params.id);
  const resolved = await resolve(deps, settlement, params.differenceId, { ...body, actor });
  switch (resolved.outcome) {
    case 'resolved':
    case 'already_resolved':
      return { status: 200, body: resolved.difference };
    case 'not_found':
      throw new ProblemError('difference_not_found');
    case 'too_large':
      throw new ProblemError('rounding_too_large');
    case 'busy':
      throw new ProblemError('store_busy', undefined, { headers: { 'retry-after': '1' } });
  }
}
