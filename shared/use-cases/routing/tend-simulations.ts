import type { Simulation, SimulationStore } from '../../ports/simulations.ts';
import { isoNow, type System } from '../../ports/system.ts';
import type { Machine, WorkflowInput } from '../../workflows/triggers.ts';
import { stuckAfter } from '../find-stuck.ts';

/** An hour and more without a single order: what stops it does not pass by itself. */
const mostRestarts = 12;

/** What looks after simulations from outside, every five minutes: one whose execution was lost is started again. */
export async function tendSimulations(deps: {
  simulations: Pick<SimulationStore, 'running' | 'load' | 'save'>;
  system: Pick<System, 'now'>;
  start(machine: Machine, name: string, input: WorkflowInput): Promise<void>;
}): Promise<{ restarted: number; failed: number }> {
  const { simulations, system, start } = deps;
  const tended = { restarted: 0, failed: 0 };
  for (const id of await simulations.running(100)) {
    const simulation = await simulations.load(id);
    if (simulation?.state !== 'RUNNING' || system.now() - Date.parse(simulation.updatedAt) < stuckAfter) continue;
    const updatedAt = isoNow(system);
    if (simulation.restarts >= mostRestarts) {
      const failure = `Started again ${simulation.restarts} times without any progress.`;
      await simulations.save(simulation, { ...simulation, state: 'FAILED', failure, updatedAt });
      tended.failed += 1;
      continue;
    }
    const again: Simulation = { ...simulation, restarts: simulation.restarts + 1, updatedAt };
    // False: it goes on, or another sweep has started it.
    if (!(await simulations.save(simulation, again))) continue;
    await start('routing-simulation', `${id}-r${Math.floor(system.now() / stuckAfter)}`, { simulationId: id });
    tended.restarted += 1;
  }
  return tended;
}
