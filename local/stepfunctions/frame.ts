import type { Json } from '../kernel/kernel.ts';
import type { Thread } from './history.ts';

/** One item of a Map, as `$states.context.Map.Item` shows it, and the input of its iteration. */
export interface MapItem {
  input: Json;
  value: Json;
  key?: string;
}

/**
 * Where a branch stands: all that is needed to go on after a crash, stored at each transition. The machine itself is the branch with path ''; the branches
 * of a Parallel and the iterations of a Map have their index behind a slash.
 */
export interface Frame extends Thread {
  path: string;
  state: string;
  /** The raw input of the state. */
  input: Json;
  enteredEvent: number;
  /** Epoch milliseconds. */
  enteredAt: number;
  /** The variables of this scope, without those around it. */
  variables: Record<string, Json>;
  /** Retries made in this visit of the state, by the index of the retrier. */
  retries: number[];
  /** What a Wait, or the next attempt, waits for. Epoch milliseconds. */
  until?: number;
  /** What a Map or Parallel has started to run: its branches have frames of their own. */
  running?: { items: MapItem[] } | { arguments: Json };
  /** The branch is done. */
  result?: { output: Json };
}

export function newFrame(path: string, state: string, input: Json, lastEvent: number): Frame {
  return { path, state, input, lastEvent, enteredEvent: 0, enteredAt: 0, variables: {}, retries: [] };
}
