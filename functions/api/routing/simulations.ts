import { type SimulatedDay, type SimulatedSide, sumOfDays } from '../../../shared/domain/routing/simulation.ts';
import type { Inventory } from '../../../shared/ports/inventory.ts';
import type { OrderStore } from '../../../shared/ports/order-store.ts';
import { type Simulation, SimulationId, type SimulationStore } from '../../../shared/ports/simulations.ts';
import { isoNow, type System } from '../../../shared/ports/system.ts';
import type { Answer } from '../../../shared/runtime/answer.ts';
import { type Fault, ProblemError } from '../../../shared/runtime/problem.ts';
import type { ApiRequest, Idempotency } from '../../../shared/runtime/request.ts';
import type { Machine, WorkflowInput } from '../../../shared/workflows/triggers.ts';
import type { routingContracts } from './contract.ts';
import { mostSimulatedDays, type SimulationBody } from './requests.ts';

type RequestOf<Name extends keyof typeof routingContracts> = ApiRequest<(typeof routingContracts)[Name]>;

export interface SimulationDeps {
  simulations: SimulationStore;
  inventory: Pick<Inventory, 'locations'>;
  idempotency: Pick<OrderStore, 'idempotencyRecord' | 'keepIdempotencyRecord'>;
  system: System;
  start(machine: Machine, name: string, input: WorkflowInput): Promise<void>;
}

const day = 24 * 3_600_000;
/** Inputs of decisions are kept this long. */
const oldest = 90 * day;
/** Seconds. */
const sevenDays = 7 * 24 * 3600;

/** The simulation is written first: should the start be lost, `stuck-orders` makes up for it. */
export async function startSimulation(deps: SimulationDeps, request: RequestOf<'simulateRouting'>): Promise<Answer> {
  const { body, idempotency, actor } = request;
  if (!idempotency) throw new Error('the contract asks for a key');
  const errors = [...periodFaults(body, deps.system.now()), ...(await siteFaults(deps, body))].slice(0, 100);
  if (errors.length > 0) throw new ProblemError('validation_failed', undefined, { errors });
  const now = isoNow(deps.system);
  const fresh = SimulationId.parse(`sim_${deps.system.ulid()}`);
  const id = await claimId(deps, idempotency, fresh);
  const { from, to, storefront, limit, patch } = body;
  const simulation: Simulation = {
    ...{ id, from, to, limit, patch, startedBy: actor.id, startedAt: now, updatedAt: now },
    ...(storefront !== undefined && { storefront }),
    state: 'RUNNING',
    done: 0,
    skipped: { notKept: 0, otherStorefront: 0, unreadable: 0 },
    cursor: { day: from, shard: 0 },
    mostChanged: [],
    restarts: 0,
    version: 1,
  };
  if (await deps.simulations.create(simulation)) await deps.start('routing-simulation', id, { simulationId: id });
  const headers = {
    location: `/v1/routing/simulations/${id}`,
    ...(id !== fresh && { 'idempotent-replayed': 'true' }),
  };
  return { status: 202, headers, body: await representation(deps, await loaded(deps, id)) };
}

/** Ties a new id to the key, or finds the one tied to it before: of requests with one key, all start the same simulation. */
async function claimId(
  { idempotency: records, system }: SimulationDeps,
  key: Idempotency,
  fresh: SimulationId,
): Promise<SimulationId> {
  const expiresAt = Math.floor(system.now() / 1000) + sevenDays;
  await records.keepIdempotencyRecord({ ...key, status: 202, answer: { resource: fresh }, expiresAt });
  const record = await records.idempotencyRecord(key.owner, key.key);
  if (!record || !('resource' in record.answer)) throw new Error('the record of a key that was just kept');
  if (record.requestHash !== key.requestHash) throw new ProblemError('idempotency_key_reused');
  return SimulationId.parse(record.answer.resource);
}

function periodFaults({ from, to }: SimulationBody, now: number): Fault[] {
  const [first, last] = [Date.parse(from), Date.parse(to)];
  const fault = (pointer: string, code: string, detail: string) => [{ pointer, code, detail }];
  if (last < first) return fault('/to', 'before_from', 'Must not be before `from`.');
  if (last > now) return fault('/to', 'in_the_future', 'Must not be in the future.');
  if (now - first > oldest) return fault('/from', 'too_old', 'What decisions were made on is kept for 90 days.');
  if (last - first >= mostSimulatedDays * day)
    return fault('/to', 'too_long', `At most ${mostSimulatedDays} days at once.`);
  return [];
}

/** A site that is none would change nothing: more often a typing error than a wish. */
async function siteFaults({ inventory }: SimulationDeps, { patch }: SimulationBody): Promise<Fault[]> {
  const lists = ['closeSites', 'openSites', 'excludeSites', 'onlySites'] as const;
  if (lists.every((list) => patch[list] === undefined)) return [];
  const known = new Set<string>((await inventory.locations()).map(({ id }) => id));
  return lists.flatMap((list) =>
    (patch[list] ?? []).flatMap((id, index) => {
      const detail = `There is no location ${id}.`;
      return known.has(id) ? [] : [{ pointer: `/patch/${list}/${index}`, code: 'unknown_location', detail }];
    }),
  );
}

async function loaded({ simulations }: SimulationDeps, id: SimulationId): Promise<Simulation> {
  const simulation = await simulations.load(id);
  if (!simulation) throw new ProblemError('simulation_not_found');
  return simulation;
}

export const getSimulation = async (
  deps: SimulationDeps,
  { params }: RequestOf<'getRoutingSimulation'>,
): Promise<Answer> => ({ status: 200, body: await representation(deps, await loaded(deps, params.id)) });

/** What it has found so far stays. One that has ended stays as it is. */
export async function cancelSimulation(
  deps: SimulationDeps,
  { params }: RequestOf<'cancelRoutingSimulation'>,
): Promise<Answer> {
  for (;;) {
    const simulation = await loaded(deps, params.id);
    const isOver = simulation.state !== 'RUNNING';
    const updatedAt = isoNow(deps.system);
    // False: it went on meanwhile.
    if (isOver || (await deps.simulations.save(simulation, { ...simulation, state: 'CANCELED', updatedAt }))) {
      return { status: 200, body: await representation(deps, await loaded(deps, params.id)) };
    }
  }
}

async function representation({ simulations }: SimulationDeps, simulation: Simulation) {
  const { cursor: _, restarts: __, version: ___, done, total, skipped, mostChanged, ...rest } = simulation;
  const days = await simulations.days(simulation.id);
  const totals = sumOfDays(days.map((one) => one.totals));
  return {
    ...rest,
    progress: { ...(total !== undefined && { total }), done, skipped },
    totals: representDay(totals),
    sites: sitesOf(totals),
    days: days.map((one) => ({ day: one.day, ...representDay(one.totals) })),
    mostChanged,
  };
}

const representDay = ({ orders, decisions, changed, before, after }: SimulatedDay) => ({
  orders,
  decisions,
  changed,
  before: representSide(before, decisions),
  after: representSide(after, decisions),
});

const representSide = ({ sites: _, ...side }: SimulatedSide, decisions: number) => ({
  ...side,
  splitRate: decisions === 0 ? 0 : Math.round((side.splits / decisions) * 10_000) / 10_000,
});

/** Each site's parcels and units, and its share of the units, most first. */
function sitesOf({ before, after }: SimulatedDay) {
  const share = (side: SimulatedSide, id: string) => {
    const { parcels = 0, units = 0 } = side.sites[id] ?? {};
    const all = side.unitsServed;
    return { parcels, units, share: all === 0 ? 0 : Math.round((units / all) * 10_000) / 10_000 };
  };
  return [...new Set([...Object.keys(before.sites), ...Object.keys(after.sites)])]
    .map((locationId) => ({ locationId, before: share(before, locationId), after: share(after, locationId) }))
    .sort((a, b) => b.before.units - a.before.units || (a.locationId < b.locationId ? -1 : 1));
}
