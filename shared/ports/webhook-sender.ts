/** Why an attempt failed, as endpoint owners see it. */
export interface SendFailure {
  kind: 'timeout' | 'dns' | 'blocked' | 'tls' | 'connection' | 'response' | 'redirect' | 'status';
  text: string;
}

export interface SendResult {
  /** Of the response, when its head arrived. */
  status?: number;
  /** Absent: the receiver has taken the event (2xx, answered in time). */
  failure?: SendFailure;
  /** Response headers that steer what comes next. */
  retryAfter?: string;
  webhookDelivery?: string;
}

/** One POST: never throws, never follows a redirect, always ends within its deadline. */
export type WebhookSender = (request: {
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string;
}) => Promise<SendResult>;
