import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { readSecret } from '../../../shared/adapters/secrets.ts';
import { stripeConnection } from '../../../shared/adapters/stripe/connect.ts';
import { PaymentUnavailable } from '../../../shared/ports/payment.ts';

describe('the secret of Stripe', () => {
  let answer: { status: number; body: object };
  let heard: { target: string | undefined; body: string }[];
  const server = createServer(async (request, response) => {
    heard.push({ target: String(request.headers['x-amz-target']), body: await text(request) });
    response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.1', connection: 'close' });
    response.end(JSON.stringify(answer.body));
  });
  beforeEach(async () => {
    heard = [];
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${port}`);
    vi.stubEnv('AWS_REGION', 'eu-west-1');
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await new Promise((resolve) => server.close(resolve));
  });
  const holds = (text: string) => {
    answer = { status: 200, body: { SecretString: text } };
  };
  const connecting = (now: () => number) =>
    stripeConnection({ readSecret: () => readSecret('arn:stripe'), base: 'https://api.stripe.com', now });

  test('is read once in five minutes', async () => {
    holds('{"secretKey":"sk_test_1"}');
    let now = 0;
    const connect = connecting(() => now);
    const first = await connect();
    expect(await connect()).toBe(first);
    expect(heard).toEqual([{ target: 'secretsmanager.GetSecretValue', body: '{"SecretId":"arn:stripe"}' }]);
    now = 300_000;
    expect(await connect()).not.toBe(first);
    expect(heard.length).toBe(2);
  });

  test.each([
    ['random characters, as it was made', 'x7Fh3', 'the secret is not {"secretKey":"sk_…"}'],
    ['another field', '{"key":"sk_test_1"}', 'the secret is not {"secretKey":"sk_…"}'],
    ['a publishable key', '{"secretKey":"pk_test_1"}', 'The secret holds no key of Stripe'],
  ])('holds %s: payments wait, and the reason does not quote it', async (_, text, why) => {
    holds(text);
    const failed = connecting(() => 0)();
    await expect(failed).rejects.toBeInstanceOf(PaymentUnavailable);
    await expect(failed).rejects.toThrow(why);
    await expect(failed).rejects.not.toThrow(/x7Fh3|_test_1/);
  });

  test('may not be read: payments wait until it may', async () => {
    answer = { status: 400, body: { __type: 'AccessDeniedException', message: 'no' } };
    const connect = connecting(() => 0);
    await expect(connect()).rejects.toThrow('No connection to Stripe: Secrets Manager: AccessDeniedException');
    holds('{"secretKey":"sk_test_1"}');
    expect(await connect()).toHaveProperty('paymentIntents');
  });
});
