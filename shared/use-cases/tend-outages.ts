import type { OperationId, OperationStore, OutageStore } from '../ports/operations.ts';
import type { System } from '../ports/system.ts';
import { planOf } from './evacuate-location.ts';
import { stuckAfter } from './find-stuck.ts';
import { type WakeDeps, wakeWaiting } from './wake-waiting.ts';

export interface TendOutagesDeps extends WakeDeps {
  operations: OperationStore;
  outages: Pick<OutageStore, 'all' | 'forget'>;
  system: Pick<System, 'now'>;
}

/** What looks after outages from outside, every five minutes: an execution that was lost, work that came late, and orders that may go on again. */
export async function tendOutages(deps: TendOutagesDeps): Promise<{ resumed: number; recovered: number }> {
  const outages = await deps.outages.all();
  for (const { operationId, isOver } of outages) if (!isOver) await reopen(deps, operationId);
  let resumed = 0;
  for (const id of await deps.operations.running(100)) resumed += (await resume(deps, id)) ? 1 : 0;
  let recovered = 0;
  for (const outage of outages.filter(({ isOver }) => isOver)) {
    // The stock of the location can be sold again.
    recovered += await wakeWaiting(deps, outage.operationId);
    await deps.outages.forget(outage);
  }
  return { resumed, recovered };
}

/** Units that were promised from the location before its outage may be handed to it later, when their payment or their hold is settled. */
async function reopen({ operations }: TendOutagesDeps, id: OperationId): Promise<void> {
  const operation = await operations.load(id);
  if (!operation || operation.state === 'RUNNING') return;
  let after: string | undefined;
  do {
    const { found, next } = await operations.fulfillmentsAt(operation.locationId, after, 40);
    const known = await operations.listed(id, found);
    if (found.some((one) => !known.has(one))) {
      const plan = planOf(operation);
      await operations.save(
        operation,
        { ...plan, state: 'RUNNING', phase: 'LISTING', found: 0, round: plan.round + 1 },
        [],
      );
      return;
    }
    after = next;
  } while (after !== undefined);
}

async function resume({ operations, system, start }: TendOutagesDeps, id: OperationId): Promise<boolean> {
  const operation = await operations.load(id);
  const isFresh = operation && system.now() - Date.parse(operation.updatedAt) < stuckAfter;
  const isReopened = operation?.phase === 'LISTING' && operation.found === 0 && operation.round > 1;
  if (operation?.state !== 'RUNNING' || (isFresh && !isReopened)) return false;
  // One name for each interval: two sweeps at once start it once, the next sweep may start it again.
  await start('site-outage', `${id}-r${Math.floor(system.now() / stuckAfter)}`, { operationId: id });
  return true;
}
