import type { NetworkChanges } from '../ports/network.ts';
import { type WakeDeps, wakeWaiting } from './wake-waiting.ts';

/**
 * A network that has changed may serve who waited for supply: a location was added to a group or enabled, a storefront sells from another group, safety
 * stock was lowered. What has changed is not asked: many changes since the last look wake everybody once. Cut off, it wakes those again that it had woken,
 * by the same names: they run once.
 */
export async function tendNetwork(deps: WakeDeps & { changes: NetworkChanges }): Promise<number> {
  const version = await deps.changes.unseen();
  if (version === undefined) return 0;
  const woken = await wakeWaiting(deps, `network-${version}`);
  await deps.changes.seen(version);
  return woken;
}
