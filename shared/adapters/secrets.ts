import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { lean } from './lean-client.ts';
import { Sha256 } from './sha256.ts';

/** Milliseconds. Asked when a function starts and every few minutes: short of what its caller waits. */
const DEADLINE = 3_000;

/**
 * The current text of a secret of AWS Secrets Manager. A client for each call: it is one in minutes, and few functions make it.
 * @throws Error naming what went wrong, never what the secret holds
 */
export async function readSecret(arn: string): Promise<string> {
  const client = lean(new SecretsManagerClient({ maxAttempts: 2, sha256: Sha256 }));
  const abortSignal = AbortSignal.timeout(DEADLINE);
  try {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: arn }), { abortSignal });
    if (SecretString !== undefined) return SecretString;
  } catch (error) {
    throw new Error(`Secrets Manager: ${(error as Error).name}`);
  } finally {
    client.destroy();
  }
  throw new Error('Secrets Manager: the secret is no text');
}
