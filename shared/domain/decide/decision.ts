import type { Actor } from '../actor.ts';
import type { NewEvent } from '../events.ts';
import type { Policy } from '../policy.ts';
import type { Rejection } from '../rejection.ts';

/** What a decision may depend on besides the order and the command. */
export interface DecisionContext {
  /** ISO 8601 UTC, from the injected clock. */
  now: string;
  actor: Actor;
  policy: Policy;
}

/** No events = nothing to do: the command was carried out before. */
export type Decision = { ok: true; events: NewEvent[] } | { ok: false; rejection: Rejection };

export const accept = (...events: NewEvent[]): Decision => ({ ok: true, events });
export const alreadyDone: Decision = { ok: true, events: [] };
