import {
  changedDecision,
  emptyDay,
  replay,
  type SimulatedDay,
  withChanged,
  withDecision,
} from '../../domain/routing/simulation.ts';
import type { RouteHistory, Simulation, SimulationId, SimulationStore } from '../../ports/simulations.ts';
import { isoNow, type System } from '../../ports/system.ts';

export interface SimulateDeps {
  simulations: SimulationStore;
  history: RouteHistory;
  system: Pick<System, 'now'>;
}

/** Orders between two saves: what a crash makes to be done again. */
const perSave = 25;

/**
 * Replays the routing decisions of a period with something changed. Reads orders' decisions, writes nothing but its own rows.
 * 1. Count the orders of the period, for the progress.
 * 2. Go through them, day by day, a few orders at a time: their totals and where to go on are saved in one transaction.
 * Cut off anywhere, it goes on behind the last save: nothing is counted twice. Memory holds one decision's input and one day's totals.
 * @param hasTime whether there is time for one more order
 */
export async function simulateRoutes(
  deps: SimulateDeps,
  id: SimulationId,
  hasTime: () => boolean,
): Promise<{ outcome: 'MORE' | 'DONE' }> {
  for (;;) {
    const simulation = await deps.simulations.load(id);
    if (simulation?.state !== 'RUNNING') return { outcome: 'DONE' };
    if (!hasTime()) return { outcome: 'MORE' };
    if (simulation.total === undefined) await count(deps, simulation);
    else await replaySome(deps, simulation, hasTime);
  }
}

const touched = ({ system }: SimulateDeps, simulation: Simulation): Simulation => ({
  ...simulation,
  restarts: 0,
  updatedAt: isoNow(system),
});

async function count(deps: SimulateDeps, simulation: Simulation): Promise<void> {
  let total = 0;
  for (let day: string | undefined = simulation.from; day !== undefined && total < simulation.limit; ) {
    total += await deps.history.countOn(day);
    day = dayAfter(day, simulation.to);
  }
  await deps.simulations.save(simulation, touched(deps, { ...simulation, total: Math.min(total, simulation.limit) }));
}

async function replaySome(deps: SimulateDeps, simulation: Simulation, hasTime: () => boolean): Promise<void> {
  const { cursor, limit, done } = simulation;
  const wanted = Math.min(perSave, limit - done);
  const orders = wanted === 0 ? [] : await deps.history.placedOn(cursor, wanted);
  if (orders.length === 0) {
    const next = wanted === 0 ? undefined : cursorAfter(deps, simulation);
    const after: Simulation = next ? { ...simulation, cursor: next } : { ...simulation, state: 'SUCCEEDED' };
    await deps.simulations.save(simulation, touched(deps, after));
    return;
  }
  let totals = (await deps.simulations.day(simulation.id, cursor.day)) ?? emptyDay();
  let after = simulation;
  for (const { orderId, at } of orders) {
    const replayed = await replayOrder(deps, after, totals, orderId);
    totals = replayed.totals;
    after = { ...replayed.simulation, done: after.done + 1, cursor: { ...cursor, after: at } };
    if (!hasTime()) break;
  }
  await deps.simulations.save(simulation, touched(deps, after), { day: cursor.day, totals });
}

async function replayOrder(
  { history }: SimulateDeps,
  before: Simulation,
  totalsBefore: SimulatedDay,
  orderId: Awaited<ReturnType<RouteHistory['placedOn']>>[number]['orderId'],
): Promise<{ simulation: Simulation; totals: SimulatedDay }> {
  const skipped = (why: keyof Simulation['skipped']) => ({
    simulation: { ...before, skipped: { ...before.skipped, [why]: before.skipped[why] + 1 } },
    totals: totalsBefore,
  });
  const kept = await history.inputs(orderId);
  const readable = kept.flatMap(({ version, input }) => (input ? [{ version, input }] : []));
  if (kept.length === 0) return skipped('notKept');
  if (readable.length === 0) return skipped('unreadable');
  const mine = readable.filter(({ input }) => (before.storefront ?? input.order.channel) === input.order.channel);
  if (mine.length === 0) return skipped('otherStorefront');
  let totals = { ...totalsBefore, orders: totalsBefore.orders + 1 };
  let { mostChanged } = before;
  for (const { version, input } of mine) {
    const replayed = replay(input, before.patch);
    totals = withDecision(totals, replayed);
    if (replayed.changed) {
      mostChanged = withChanged(mostChanged, changedDecision(replayed, { orderId, decision: version }));
    }
  }
  return { simulation: { ...before, mostChanged }, totals };
}

/** The next range of a day, or the first of the next day. Undefined behind the last. */
function cursorAfter({ history }: SimulateDeps, { cursor, to }: Simulation): Simulation['cursor'] | undefined {
  if (cursor.shard + 1 < history.shards) return { day: cursor.day, shard: cursor.shard + 1 };
  const day = dayAfter(cursor.day, to);
  return day === undefined ? undefined : { day, shard: 0 };
}

function dayAfter(day: string, last: string): string | undefined {
  const next = new Date(Date.parse(day) + 24 * 3_600_000).toISOString().slice(0, 10);
  return next > last ? undefined : next;
}
