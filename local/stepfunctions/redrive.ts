import * as z from 'zod';
import { AwsError } from '../kernel/errors.ts';
import { type Engine, findExecution, operation, seconds } from './api.ts';
import type { Frame } from './frame.ts';
import type { HistoryEvent } from './history.ts';
import { notRedrivable } from './redrivable.ts';
import type { ExecutionRow, Store } from './store.ts';

const TOKEN_HOLDS_MS = 15 * 60_000;

/**
 * Runs a failed, stopped or timed out execution again from the states that did not succeed, by the definition and with the variables it had.
 * What branches and iterations have finished stays done; retries and the machine's TimeoutSeconds count anew.
 * Source: Step Functions Developer Guide, "Restarting state machine executions with redrive".
 */
export const redriveExecution = operation(
  z.strictObject({ executionArn: z.string(), clientToken: z.string().min(1).max(64).optional() }),
  async (engine, { executionArn, clientToken }, principal) => {
    const { kernel, store } = engine;
    kernel.authorizer.authorize(principal, 'states:RedriveExecution', executionArn);
    await findExecution(engine, executionArn, principal);
    const now = kernel.clock.now();
    const redriven = await store.storage.write((group) => {
      const row = store.execution(executionArn);
      if (!row) throw new Error(`${executionArn} was there a moment ago`);
      const before = store.redriveOf(row.id);
      if (clientToken !== undefined && before?.token === clientToken && now - before.time < TOKEN_HOLDS_MS) {
        return before.time;
      }
      const reason = row.type === 'EXPRESS' ? 'Execution is of type EXPRESS' : notRedrivable(store, row, now);
      const definition = store.definition(row.definition);
      if (reason !== undefined || definition === undefined) {
        throw new AwsError('ExecutionNotRedrivable', `Execution Not Redrivable: ${reason ?? 'its definition is gone'}`);
      }
      prepare(store, row, now, clientToken);
      group.afterCommit(() => resume(engine, executionArn, definition));
      return now;
    });
    return { redriveDate: seconds(redriven) };
  },
);

/** As a crash would have left it just before what failed. */
function prepare(store: Store, row: ExecutionRow, now: number, token: string | undefined): void {
  const last = store.lastEvent(row.id);
  const redriveCount = row.redriveCount + 1;
  const event: HistoryEvent = {
    id: last + 1,
    previousEventId: last,
    timestamp: now,
    type: 'ExecutionRedriven',
    executionRedrivenEventDetails: { redriveCount },
  };
  store.appendHistory(row.id, [event]);
  for (const { path, frame: text } of store.frames(row.id)) {
    const frame: Frame = JSON.parse(text);
    if (frame.result) continue;
    frame.retries = [];
    delete frame.until;
    if (path === '') frame.lastEvent = event.id;
    store.putFrame(row.id, path, JSON.stringify(frame));
  }
  store.redrive(row.id, redriveCount, now, token);
}

function resume(engine: Engine, arn: string, definition: string): void {
  const row = engine.store.execution(arn);
  if (row) engine.launch(row, row.id, definition).start();
}
