/** What a route answers: `body` becomes JSON, `text` and `bytes` go out as they are (their content type is in `headers`). */
export interface Answer {
  status: number;
  headers?: Record<string, string>;
  body?: unknown;
  text?: string;
  bytes?: Uint8Array;
}

/** Seconds a client waits before it sends a refused request again. */
export const retryAfter = (seconds: number): Record<string, string> => ({ 'retry-after': String(seconds) });
