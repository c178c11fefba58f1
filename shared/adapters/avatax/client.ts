import * as z from 'zod';
import { TaxUnavailable } from '../../ports/tax.ts';

/** What the secret holds. `taxCodes`: what the shop's tax classes are called at Avalara; others are sent as they are, in capitals. */
export const AvataxSecret = z.object({
  accountId: z.string().min(1),
  licenseKey: z.string().min(1),
  companyCode: z.string().min(1).max(25),
  taxCodes: z.record(z.string(), z.string()).optional(),
});
export type AvataxSecret = z.infer<typeof AvataxSecret>;

/** AvaTax has answered that it does not do this: nothing has happened. */
export class AvataxRefusal extends Error {
  override readonly name = 'AvataxRefusal';
  readonly status: number;
  /** Of developer.avalara.com/avatax/errors, the most general first, and the fields they refer to. */
  readonly codes: readonly string[];

  constructor(status: number, codes: readonly string[]) {
    super(`AvaTax ${status} ${codes.join(' ')}`.trim());
    this.status = status;
    this.codes = codes;
  }
}

/** The parts of an error that quote nothing of what was sent. */
const ErrorBody = z.object({
  error: z.object({
    code: z.string(),
    details: z.array(z.object({ code: z.string().optional(), refersTo: z.string().optional() })).optional(),
  }),
});

/** Milliseconds for one request; a step makes three at most, within its 30 s. */
const DEADLINE = 8_000;

export interface AvataxApi {
  companyCode: string;
  taxCodes: Readonly<Record<string, string>>;
  /** @throws TaxUnavailable, AvataxRefusal */
  send(method: 'GET' | 'POST', path: string, body?: unknown): Promise<unknown>;
}

/**
 * The REST API of AvaTax (developer.avalara.com/api-reference/avatax/rest/v2): basic authentication with account and license key.
 * @param base where to send, fixed by the installation: `https://rest.avatax.com`, or its sandbox
 * @throws Error if the license key would leave unencrypted
 */
export function avataxClient(secret: AvataxSecret, base: string, deadline: number = DEADLINE): AvataxApi {
  const url = new URL(base);
  if (url.protocol !== 'https:' && !['127.0.0.1', 'localhost'].includes(url.hostname)) {
    throw new Error('The license key of AvaTax is sent over https only');
  }
  const credentials = Buffer.from(`${secret.accountId}:${secret.licenseKey}`).toString('base64');
  const headers = {
    authorization: `Basic ${credentials}`,
    accept: 'application/json',
    'content-type': 'application/json',
    // "application; version; SDK; its version; machine": Avalara asks every client for it.
    'x-avalara-client': 'Batuta; 1; fetch; 1; -',
  };

  return {
    companyCode: secret.companyCode,
    taxCodes: secret.taxCodes ?? {},
    async send(method, path, body) {
      const { status, text } = await exchange(new URL(path, url.origin), {
        method,
        headers,
        redirect: 'error',
        signal: AbortSignal.timeout(deadline),
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      if (status >= 500 || status === 429 || status === 408) throw new TaxUnavailable(`AvaTax ${status}`);
      const answer = parse(text, status);
      if (status >= 200 && status < 300) return answer;
      const refusal = new AvataxRefusal(status, codesOf(answer));
      // Account, license key, permission: no order's fault, and mended without it.
      if (status === 401 || status === 403) throw new TaxUnavailable(refusal.message);
      throw refusal;
    },
  };
}

async function exchange(url: URL, init: RequestInit): Promise<{ status: number; text: string }> {
  try {
    const response = await fetch(url, init);
    return { status: response.status, text: await response.text() };
  } catch (error) {
    // The message of `fetch` says nothing, its cause may say more than a log should hold: the names do.
    const { cause } = error as { cause?: { code?: unknown } };
    const why = error instanceof Error ? error.name : 'unknown';
    throw new TaxUnavailable(`AvaTax was not reached: ${typeof cause?.code === 'string' ? cause.code : why}`);
  }
}

function parse(text: string, status: number): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new TaxUnavailable(`AvaTax ${status}: the answer is not JSON`);
  }
}

function codesOf(answer: unknown): string[] {
  const { error } = ErrorBody.safeParse(answer).data ?? {};
  if (!error) return [];
  const details = error.details ?? [];
  return [...new Set([error.code, ...details.flatMap(({ code, refersTo }) => [code ?? [], refersTo ?? []].flat())])];
}
