import { customerIdOf } from '../../../shared/api/customer-id.ts';
import { type ListingDeps, pageAnswer } from '../../../shared/api/listing.ts';
import { type ListEntry, listEntryId } from '../../../shared/domain/fraud/list-entry.ts';
import type { FraudSettings } from '../../../shared/ports/fraud-book.ts';
import { isoNow } from '../../../shared/ports/system.ts';
import type { Answer } from '../../../shared/runtime/answer.ts';
import { ProblemError } from '../../../shared/runtime/problem.ts';
import type { ApiRequest } from '../../../shared/runtime/request.ts';
import { addressForm, emailForm, ipForm, phoneForm, subjectHash } from '../../../shared/use-cases/fraud/subjects.ts';
import type { fraudContracts } from './contract.ts';
import type { ListEntryBody } from './requests.ts';

type RequestOf<Name extends keyof typeof fraudContracts> = ApiRequest<(typeof fraudContracts)[Name]>;

export interface FraudDeps extends ListingDeps {
  fraud: FraudSettings;
}

export const getRules = async ({ fraud }: FraudDeps): Promise<Answer> => ({
  status: 200,
  body: (await fraud.config()).rules,
});

export const putRules = async (
  { fraud, system }: FraudDeps,
  { body }: RequestOf<'putFraudRules'>,
): Promise<Answer> => ({ status: 200, body: await fraud.putRules(body, isoNow(system)) });

export const listEntries = (deps: FraudDeps, request: RequestOf<'listBlocklist'>): Promise<Answer> => {
  const { kind, limit, cursor } = request.query;
  return pageAnswer(
    deps,
    { route: 'blocklist', filters: { kind }, limit, cursor, ...request },
    (page) => deps.fraud.entries({ kind, ...page }),
    (entry) => entry,
  );
};

/** The same value is the same entry: sent again, it is replaced. */
export async function putEntry(
  { fraud, system }: FraudDeps,
  { body, caller }: RequestOf<'addToBlocklist'>,
): Promise<Answer> {
  const { kind, effect, note } = body;
  const entry: ListEntry = {
    id: listEntryId(kind, subjectHash(kind, formOf(body))),
    kind,
    effect,
    ...(note !== undefined && { note }),
    createdAt: isoNow(system),
    createdBy: caller.keyId,
  };
  const saved = await fraud.putEntry(entry);
  return { status: saved === 'created' ? 201 : 200, body: entry };
}

export async function deleteEntry({ fraud }: FraudDeps, { params }: RequestOf<'deleteFromBlocklist'>): Promise<Answer> {
  if (!(await fraud.deleteEntry(params.id))) throw new ProblemError('list_entry_not_found');
  return { status: 204 };
}

function formOf({ kind, value }: ListEntryBody): string {
  if (typeof value !== 'string') return addressForm(value);
  if (kind === 'customer') return value.includes('@') ? customerIdOf(value) : value;
  if (kind === 'email') return emailForm(value);
  if (kind === 'phone') return phoneForm(value);
  if (kind === 'card') return value;
  if (kind === 'ip') return ipForm(value);
  return value.toLowerCase();
}
