/** What a route answers: `body` becomes JSON, `text` goes out as it is (its content type is in `headers`). */
export interface Answer {
  status: number;
  headers?: Record<string, string>;
  body?: unknown;
  text?: string;
}

/** Seconds a client waits before it sends a refused request again. */
export const retryAfter = (seconds: number): Record<string, string> => ({ 'retry-after': String(seconds) });
