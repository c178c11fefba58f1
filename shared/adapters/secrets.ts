import { createHash, createHmac } from 'node:crypto';
import * as z from 'zod';
import { parseEnv, requiredVariable } from '../runtime/env.ts';

const Answer = z.object({ SecretString: z.string() });
const Refusal = z.object({ __type: z.string() });

/** What Lambda tells every function. Read at each call: nothing is kept of credentials. */
const Surroundings = z.object({
  AWS_REGION: requiredVariable,
  AWS_ACCESS_KEY_ID: requiredVariable,
  AWS_SECRET_ACCESS_KEY: requiredVariable,
  AWS_SESSION_TOKEN: z.string().optional(),
  AWS_ENDPOINT_URL: z.url().optional(),
});

/** Milliseconds. Asked when a function starts and every few minutes: short of what its caller waits. */
const DEADLINE = 3_000;

/**
 * The current text of a secret of AWS Secrets Manager. One call of one operation: the SDK's client for it would be 40 KB more for every function.
 * @throws Error naming what went wrong, never what the secret holds
 */
export async function readSecret(arn: string): Promise<string> {
  const env = parseEnv(Surroundings);
  const url = new URL(env.AWS_ENDPOINT_URL ?? `https://secretsmanager.${env.AWS_REGION}.amazonaws.com`);
  const body = JSON.stringify({ SecretId: arn });
  const headers = signed(
    {
      'content-type': 'application/x-amz-json-1.1',
      host: url.host,
      'x-amz-date': new Date().toISOString().replaceAll(/[-:]|\.\d+/g, ''),
      ...(env.AWS_SESSION_TOKEN && { 'x-amz-security-token': env.AWS_SESSION_TOKEN }),
      'x-amz-target': 'secretsmanager.GetSecretValue',
    },
    body,
    { service: 'secretsmanager', region: env.AWS_REGION, id: env.AWS_ACCESS_KEY_ID, secret: env.AWS_SECRET_ACCESS_KEY },
  );
  const response = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(DEADLINE) });
  const answer: unknown = await response.json();
  if (response.ok) return Answer.parse(answer).SecretString;
  throw new Error(`Secrets Manager: ${Refusal.safeParse(answer).data?.__type ?? response.status}`);
}

export interface Signer {
  service: string;
  region: string;
  id: string;
  secret: string;
}

/**
 * Headers of a POST to `/` with a Signature Version 4 (docs.aws.amazon.com/IAM, "Create a signed AWS API request").
 * @param headers lower case, sorted by name, `host` and `x-amz-date` among them; all are signed
 */
export function signed(
  headers: Readonly<Record<string, string>>,
  body: string,
  signer: Signer,
): Record<string, string> {
  const names = Object.keys(headers).join(';');
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
  const request = ['POST', '/', '', lines.join(''), names, sha256(body)].join('\n');
  const time = headers['x-amz-date'] ?? '';
  const day = time.slice(0, 8);
  const scope = [day, signer.region, signer.service, 'aws4_request'].join('/');
  const key = [day, signer.region, signer.service, 'aws4_request'].reduce<string | Buffer>(
    hmac,
    `AWS4${signer.secret}`,
  );
  const signature = hmac(key, ['AWS4-HMAC-SHA256', time, scope, sha256(request)].join('\n')).toString('hex');
  const authorization = `AWS4-HMAC-SHA256 Credential=${signer.id}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
  return { ...headers, authorization };
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
