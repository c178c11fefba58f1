import type { Kernel, Principal } from '../kernel/kernel.ts';
import type { Meter } from './capacity.ts';
import type { Catalog } from './catalog.ts';
import type { ExpressionCache } from './expressions/expressions.ts';
import type { Housekeeping } from './housekeeping.ts';
import type { InFlight } from './in-flight.ts';
import type { Input } from './request.ts';
import type { Tags } from './tags.ts';

/** What the operations of DynamoDB share. */
export interface Engine {
  readonly kernel: Kernel;
  readonly catalog: Catalog;
  readonly expressions: ExpressionCache;
  readonly inFlight: InFlight;
  readonly housekeeping: Housekeeping;
  readonly meter: Meter;
  readonly tags: Tags;
}

export type Operation = (engine: Engine, input: Input, principal: Principal) => Promise<unknown>;
