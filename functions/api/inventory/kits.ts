import { type ListingDeps, pageAnswer } from '../../../shared/api/listing.ts';
import type { Kit, KitStore } from '../../../shared/ports/kits.ts';
import { isoNow, type System } from '../../../shared/ports/system.ts';
import type { Answer } from '../../../shared/runtime/answer.ts';
import { ProblemError } from '../../../shared/runtime/problem.ts';
import type { ApiRequest } from '../../../shared/runtime/request.ts';
import type { kitContracts } from './kit-contract.ts';

type RequestOf<Name extends keyof typeof kitContracts> = ApiRequest<(typeof kitContracts)[Name]>;

export interface KitDeps extends ListingDeps {
  kits: KitStore;
  system: System;
}

export const listKits = (deps: KitDeps, request: RequestOf<'listKits'>): Promise<Answer> => {
  const { limit, cursor } = request.query;
  return pageAnswer(
    deps,
    { ...request, route: 'kits', filters: {}, limit, cursor },
    (page) => deps.kits.kits(page),
    represent,
  );
};

export async function getKit({ kits }: KitDeps, { params }: RequestOf<'getKit'>): Promise<Answer> {
  const kit = await kits.kit(params.sku);
  if (!kit) throw new ProblemError('kit_not_found');
  return { status: 200, body: represent(kit) };
}

export async function putKit({ kits, system }: KitDeps, { params, body }: RequestOf<'putKit'>): Promise<Answer> {
  const self = body.components.findIndex(({ sku }) => sku === params.sku);
  if (self >= 0) throw pointing('component_is_kit', self, 'A kit is no component of itself.');
  const kit = { sku: params.sku, components: body.components, updatedAt: isoNow(system) };
  const saved = await kits.putKit(kit);
  switch (saved.outcome) {
    case 'saved':
      return { status: 200, body: represent(kit) };
    case 'unknown_component':
      throw pointing('unknown_sku', saved.index, 'This SKU has never had stock anywhere.');
    case 'component_is_kit':
      throw pointing('component_is_kit', saved.index, 'This SKU is a kit itself: name what it is made of.');
  }
}

export async function deleteKit({ kits }: KitDeps, { params }: RequestOf<'deleteKit'>): Promise<Answer> {
  if (!(await kits.deleteKit(params.sku))) throw new ProblemError('kit_not_found');
  return { status: 204 };
}

const represent = ({ sku, components, updatedAt }: Kit) => ({
  sku,
  components: components.map(({ sku: part, perUnit }) => ({ sku: part, perUnit })),
  updatedAt,
});

const pointing = (code: 'unknown_sku' | 'component_is_kit', index: number, detail: string): ProblemError =>
  new ProblemError(code, undefined, { errors: [{ pointer: `/components/${index}/sku`, code, detail }] });
