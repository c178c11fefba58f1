import * as z from 'zod';
import { TaxUnavailable } from '../../ports/tax.ts';
import { type AvataxApi, AvataxSecret, avataxClient } from './client.ts';

/** Milliseconds until the secret is read again: a license key that was renewed at Avalara is in use within this time. */
const LIFETIME = 300_000;

/**
 * Connects when somebody asks.
 * @throws TaxUnavailable if the secret cannot be read or is not what it should be
 */
export function avataxConnection({
  readSecret,
  base,
  now,
}: {
  readSecret(): Promise<string>;
  base: string;
  now(): number;
}): () => Promise<AvataxApi> {
  let known: { api: AvataxApi; until: number } | undefined;
  return async () => {
    if (known && now() < known.until) return known.api;
    try {
      const secret = AvataxSecret.parse(JSON.parse(await readSecret()));
      known = { api: avataxClient(secret, base), until: now() + LIFETIME };
      return known.api;
    } catch (error) {
      throw new TaxUnavailable(`No connection to AvaTax: ${why(error)}`);
    }
  };
}

/** JSON.parse would quote the text, zod what it holds. */
function why(error: unknown): string {
  if (error instanceof SyntaxError || error instanceof z.ZodError) {
    return 'the secret is not {"accountId":"…","licenseKey":"…","companyCode":"…"}';
  }
  return error instanceof Error ? error.message : 'unknown';
}
