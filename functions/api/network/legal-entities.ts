import type { ListingDeps } from '../../../shared/api/listing.ts';
import { pageById } from '../../../shared/api/listing-by-id.ts';
import { type LogoFault, readLogo } from '../../../shared/documents/logo.ts';
import type { LegalEntityStore, Logos } from '../../../shared/ports/legal-entities.ts';
import type { Answer } from '../../../shared/runtime/answer.ts';
import { ProblemError } from '../../../shared/runtime/problem.ts';
import type { ApiRequest } from '../../../shared/runtime/request.ts';
import type { legalEntityContracts } from './legal-entity-contract.ts';
import { entityOf } from './legal-entity-requests.ts';

type RequestOf<Name extends keyof typeof legalEntityContracts> = ApiRequest<(typeof legalEntityContracts)[Name]>;

export interface LegalEntityDeps extends ListingDeps {
  entities: LegalEntityStore;
  logos: Logos;
}

const gone: Answer = { status: 204 };

export const listLegalEntities = async (
  deps: LegalEntityDeps,
  request: RequestOf<'listLegalEntities'>,
): Promise<Answer> => pageById(deps, request, 'legal-entities', await deps.entities.all());

export async function getLegalEntity(
  { entities }: LegalEntityDeps,
  { params }: RequestOf<'getLegalEntity'>,
): Promise<Answer> {
  const found = await entities.find(params.id);
  if (!found) throw new ProblemError('legal_entity_not_found');
  return { status: 200, body: found };
}

/** Documents that are posted from now on name it so; those that are posted keep what they say. */
export async function putLegalEntity(
  { entities }: LegalEntityDeps,
  { params, body }: RequestOf<'putLegalEntity'>,
): Promise<Answer> {
  const entity = entityOf(params.id, body);
  await entities.put(entity);
  return { status: 200, body: entity };
}

export async function deleteLegalEntity(
  { entities }: LegalEntityDeps,
  { params }: RequestOf<'deleteLegalEntity'>,
): Promise<Answer> {
  const removed = await entities.remove(params.id);
  if (removed.outcome === 'not_found') throw new ProblemError('legal_entity_not_found');
  if (removed.outcome === 'in_use') {
    const { storefronts } = removed;
    const detail = `These storefronts sell for it: ${storefronts.join(', ')}.`;
    throw new ProblemError('legal_entity_in_use', detail, { extensions: { storefronts } });
  }
  return gone;
}

export async function getLogo({ entities, logos }: LegalEntityDeps, { params }: RequestOf<'getLogo'>): Promise<Answer> {
  const logo = await logos.logo(params.id);
  if (!logo) throw new ProblemError((await entities.find(params.id)) ? 'logo_not_found' : 'legal_entity_not_found');
  return { status: 200, headers: { 'content-type': logo.type }, bytes: logo.bytes };
}

const faults: Record<LogoFault, string> = {
  not_an_image: 'The bytes are neither PNG nor JPEG.',
  damaged: 'The image ends too early or has no pixels.',
  too_large: 'The image has more than 1,200 pixels a side.',
};

export async function putLogo({ entities }: LegalEntityDeps, { params, bytes }: RequestOf<'putLogo'>): Promise<Answer> {
  const read = readLogo(bytes);
  if ('fault' in read) throw new ProblemError('invalid_image', faults[read.fault]);
  if (!(await entities.putLogo(params.id, read.logo))) throw new ProblemError('legal_entity_not_found');
  return gone;
}

export async function deleteLogo({ entities }: LegalEntityDeps, { params }: RequestOf<'deleteLogo'>): Promise<Answer> {
  if (await entities.removeLogo(params.id)) return gone;
  throw new ProblemError((await entities.find(params.id)) ? 'logo_not_found' : 'legal_entity_not_found');
}
