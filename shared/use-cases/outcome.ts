import type { Executed } from './execute.ts';

/** A command that the step had checked was refused all the same: a fault of the step, parked with its cause. */
export class CommandRejected extends Error {
  override readonly name = 'CommandRejected';
}

/** The result of a command that has no reason to be refused. */
export function mustSucceed(result: Executed): Extract<Executed, { outcome: 'done' }> {
  if (result.outcome === 'done') return result;
  const why = result.outcome === 'rejected' ? `${result.rejection.code}: ${result.rejection.message}` : result.outcome;
  throw new CommandRejected(why);
}
