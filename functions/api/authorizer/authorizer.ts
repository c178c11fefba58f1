import type { APIGatewayRequestAuthorizerEventV2, APIGatewaySimpleAuthorizerWithContextResult } from 'aws-lambda';
import { type ApiKeyRecord, type ApiKeyStore, authenticate } from '../../../shared/runtime/authentication.ts';
import { describeError, log } from '../../../shared/runtime/log.ts';

export type AuthorizerResult = APIGatewaySimpleAuthorizerWithContextResult<Record<string, string>>;

/**
 * Tells the routes who asks. It lets every request through: the gateway's own 401 and 403 are not problem+json, so the routes refuse, by
 * the context given here. Only an outage of the key table is thrown: the gateway then answers 500, and never lets anybody in.
 */
export async function authorize(
  event: Pick<APIGatewayRequestAuthorizerEventV2, 'headers' | 'requestContext'>,
  keys: ApiKeyStore,
  now: number,
): Promise<AuthorizerResult> {
  try {
    const result = await authenticate(event.headers?.authorization, keys, now);
    const context: Record<string, string> = result.ok
      ? { keyId: result.keyId, role: result.role }
      : { error: result.error };
    return { isAuthorized: true, context };
  } catch (error) {
    log.error('keys cannot be read', { requestId: event.requestContext.requestId, failure: describeError(error) });
    throw error;
  }
}

/** Milliseconds that a key is remembered: the longest time that a revoked key still works. */
const rememberedFor = 30_000;
const mostRemembered = 1000;

/** Remembers keys that exist. Unknown ids are asked for again, so that a new key works at once. */
export function rememberingKeys(keys: ApiKeyStore, now: () => number): ApiKeyStore {
  const remembered = new Map<string, { record: ApiKeyRecord; until: number }>();
  return {
    async apiKey(id) {
      const known = remembered.get(id);
      if (known && known.until > now()) return known.record;
      const record = await keys.apiKey(id);
      if (remembered.size >= mostRemembered) remembered.clear();
      if (record) remembered.set(id, { record, until: now() + rememberedFor });
      else remembered.delete(id);
      return record;
    },
  };
}
