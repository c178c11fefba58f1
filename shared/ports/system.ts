/** Time, chance and identity: injected, so that the same code runs on a fake clock with a seed. */
export interface System {
  /** Epoch milliseconds. */
  now(): number;
  /** Resolves after about `milliseconds`. */
  sleep(milliseconds: number): Promise<void>;
  /** 0 <= n < 1 */
  random(): number;
  /** `evt_` + UUIDv7 hex: sortable by time, no dot and no dash (it becomes the webhook-id). */
  eventId(): string;
  /** A ULID: 26 characters of Crockford base 32. */
  ulid(): string;
}

export const isoNow = (system: Pick<System, 'now'>): string => new Date(system.now()).toISOString();
