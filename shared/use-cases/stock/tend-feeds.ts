import type { FeedStore } from '../../ports/feeds.ts';
import type { System } from '../../ports/system.ts';
import type { Machine, WorkflowInput } from '../../workflows/triggers.ts';
import { stuckAfter } from '../find-stuck.ts';

/** An hour and more without a single chunk: what stops it does not pass by itself. */
const mostRestarts = 12;

/** What looks after feeds from outside, every five minutes: one whose execution was lost is started again. */
export async function tendFeeds(deps: {
  feeds: Pick<FeedStore, 'running' | 'load' | 'change' | 'noteRestart'>;
  system: Pick<System, 'now'>;
  start(machine: Machine, name: string, input: WorkflowInput): Promise<void>;
}): Promise<{ restarted: number; failed: number }> {
  const { feeds, system, start } = deps;
  const tended = { restarted: 0, failed: 0 };
  for (const id of await feeds.running(100)) {
    const feed = await feeds.load(id);
    if (feed?.state !== 'VALIDATING' && feed?.state !== 'APPLYING') continue;
    if (system.now() - Date.parse(feed.updatedAt) < stuckAfter) continue;
    if (feed.restarts >= mostRestarts) {
      const failure = `Started again ${feed.restarts} times without any progress. Rows that were applied stay applied.`;
      await feeds.change(feed, { ...feed, state: 'FAILED', failure });
      tended.failed += 1;
      continue;
    }
    await feeds.noteRestart(feed);
    // One name for each interval: two sweeps at once start it once, the next sweep may start it again.
    await start('stock-feed', `${id}-r${Math.floor(system.now() / stuckAfter)}`, { feedId: id });
    tended.restarted += 1;
  }
  return tended;
}
