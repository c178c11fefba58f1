import * as z from 'zod';

/** Milliseconds until a secret is read again: a key that was renewed at the provider is in use within this time. */
const LIFETIME = 300_000;

interface Wanted<Secret, Connected> {
  /** Of whom; for messages. */
  provider: string;
  /** The secret's text, JSON. */
  readSecret(): Promise<string>;
  schema: z.ZodType<Secret>;
  /** What the secret should look like, for the message when it does not. */
  shape: string;
  connect(secret: Secret): Connected | Promise<Connected>;
  /** What is thrown when there is no connection. */
  Unavailable: new (
    message: string,
  ) => Error;
  now(): number;
}

/**
 * A connection to a provider, made when somebody asks and remembered for five minutes; one that failed is not.
 * @throws Unavailable if the secret cannot be read, is not what it should be, or does not connect; never with the secret in its message
 */
export function connection<Secret, Connected>(wanted: Wanted<Secret, Connected>): () => Promise<Connected> {
  const { provider, readSecret, schema, shape, connect, Unavailable, now } = wanted;
  let known: { connected: Connected; until: number } | undefined;
  return async () => {
    if (known && now() < known.until) return known.connected;
    try {
      const connected = await connect(schema.parse(JSON.parse(await readSecret())));
      known = { connected, until: now() + LIFETIME };
      return connected;
    } catch (error) {
      throw new Unavailable(`No connection to ${provider}: ${why(error, shape)}`);
    }
  };
}

/** JSON.parse would quote the text, zod what it holds. */
function why(error: unknown, shape: string): string {
  if (error instanceof SyntaxError || error instanceof z.ZodError) return `the secret is not ${shape}`;
  return error instanceof Error ? error.message : 'unknown';
}
