import type { OrderId } from '../../../shared/domain/ids.ts';
import { wakeUps } from '../wake-ups.ts';
import { type ModelWorld, noFaults } from '../world.ts';
import { orderIds, verbs } from './actions.ts';
import { perform, tolerate } from './perform.ts';

/** No more faults: whatever was interrupted is run again, then what the events start that this writes, and every order comes to rest. */
export async function quiesce(world: ModelWorld): Promise<void> {
  Object.assign(world.faults, noFaults);
  const woken = wakeUps(world);
  for (const id of world.orders.keys()) {
    await perform(world, { do: 'releaseHold', order: orderIds.indexOf(id) });
    await carryOn(world, id);
  }
  for (let ids = await woken(); ids.size > 0; ids = await woken()) for (const id of ids) await carryOn(world, id);
}

/** Workflows, a warehouse that does its part, and workflows again. */
async function carryOn(world: ModelWorld, id: OrderId): Promise<void> {
  const number = orderIds.indexOf(id);
  for (let round = 0; round < 12; round++) {
    await perform(world, { do: 'workflow', order: number, workflow: 'place' }).catch(tolerate);
    await perform(world, { do: 'workflow', order: number, workflow: 'reroute' }).catch(tolerate);
    for (const [fulfillment] of (world.orders.get(id)?.fulfillments ?? []).entries()) {
      for (const verb of verbs.slice(0, 5)) {
        await perform(world, { do: 'verb', order: number, fulfillment, verb });
      }
      await perform(world, { do: 'workflow', order: number, workflow: 'ship' }).catch(tolerate);
      for (const verb of ['ship', 'deliver'] as const)
        await perform(world, { do: 'verb', order: number, fulfillment, verb });
    }
    await perform(world, { do: 'workflow', order: number, workflow: 'digital' }).catch(tolerate);
    await perform(world, { do: 'workflow', order: number, workflow: 'settle' }).catch(tolerate);
  }
}
