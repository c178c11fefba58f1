import type { Envelope } from '../events/envelope.ts';

export interface PutFailure {
  code: string;
  message: string;
}

/**
 * Puts up to ten events on the bus. The answer has one entry an event, in their order: undefined when the bus took it. Throws when
 * nothing is known to have been taken.
 */
export type PutEvents = (envelopes: readonly Envelope[]) => Promise<(PutFailure | undefined)[]>;
