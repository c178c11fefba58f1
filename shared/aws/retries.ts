/** What is known of a failed attempt. Errors of the network carry a `code`, refusals of the service a status. */
export interface Failed {
  name?: string;
  message?: string;
  code?: string;
  $metadata?: { httpStatusCode?: number };
}

const THROTTLING = new Set([
  'BandwidthLimitExceeded',
  'EC2ThrottledException',
  'LimitExceededException',
  'PriorRequestNotComplete',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  'TransactionInProgressException',
]);
const TRANSIENT = new Set(['TimeoutError', 'RequestTimeout', 'RequestTimeoutException']);
const TRANSIENT_STATUS = new Set([500, 502, 503, 504]);
const NETWORK = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** As the SDK's standard mode tells them; undefined = nothing that would go away. */
export function kindOf({
  name = '',
  message = '',
  code = '',
  $metadata,
}: Failed): 'throttling' | 'transient' | undefined {
  const status = $metadata?.httpStatusCode ?? 0;
  if (status === 429 || THROTTLING.has(name)) return 'throttling';
  const isLate = name === 'InvalidSignatureException' && message.includes('Signature expired');
  return isLate || TRANSIENT.has(name) || TRANSIENT_STATUS.has(status) || NETWORK.has(code) ? 'transient' : undefined;
}

/** Milliseconds. */
const BASE = { transient: 50, throttling: 1_000 };
const LONGEST = 20_000;
/** Tokens: when a service is down altogether, retries end after a while, and most requests are tried once only. */
const CAPACITY = 500;
const COST = { transient: 14, throttling: 5 };

/** The standard mode of AWS's SDKs (docs.aws.amazon.com/sdkref, "Retry behavior"), with its constants of 2026: one for each client. */
export class Retries {
  readonly #attempts: number;
  #tokens = CAPACITY;

  /** @param attempts at most, the first among them */
  constructor(attempts: number) {
    this.#attempts = attempts;
  }

  async run<T>(attempt: () => Promise<T>): Promise<T> {
    let paid = 0;
    for (let tried = 1; ; tried++) {
      try {
        const result = await attempt();
        this.#tokens = Math.min(CAPACITY, this.#tokens + (paid || 1));
        return result;
      } catch (error) {
        const kind = kindOf(error as Failed);
        if (!kind || tried >= this.#attempts || this.#tokens < COST[kind]) throw error;
        paid = COST[kind];
        this.#tokens -= paid;
        const longest = Math.min(LONGEST, BASE[kind] * 2 ** (tried - 1));
        await new Promise((resolve) => setTimeout(resolve, Math.random() * longest));
      }
    }
  }
}
