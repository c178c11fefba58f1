import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import * as z from 'zod';

const Transaction = z.strictObject({
  event: z.strictObject({
    transaction_id: z.string().min(1).max(255),
    shop_id: z.string(),
    time: z.iso.datetime(),
    type: z.literal('purchase'),
  }),
  account: z.strictObject({ user_id: z.string().min(1) }),
  email: z.strictObject({ address: z.string().regex(/^[0-9a-f]{32}$/), domain: z.string() }).optional(),
  shipping: z.strictObject({
    country: z.string().length(2),
    region: z.string().max(4).optional(),
    postal: z.string().optional(),
  }),
  billing: z
    .strictObject({
      country: z.string().length(2),
      region: z.string().max(4).optional(),
      postal: z.string().optional(),
    })
    .optional(),
  credit_card: z
    .strictObject({
      token: z
        .string()
        .regex(/^(?![0-9]{1,19}$)[!-~]{1,255}$/)
        .optional(),
      country: z.string().length(2).optional(),
      avs_result: z.string().length(1).optional(),
      cvv_result: z.string().length(1).optional(),
    })
    .optional(),
  order: z.strictObject({ amount: z.number().min(0), currency: z.string().length(3) }),
});
export type Transaction = z.infer<typeof Transaction>;

export interface Answer {
  status: number;
  body: unknown;
}

/** minFraud Score over HTTP: basic authentication, its inputs checked, its answers and errors in their shape; what it thinks is up to the test. */
export async function startMinFraud() {
  const heard: Transaction[] = [];
  const next: (Answer | 'cut' | 'garbage')[] = [];
  let opinion: (transaction: Transaction) => object = () => ({ risk_score: 0.5 });
  const refusal = (status: number, code: string): Answer => ({ status, body: { code, error: 'As documented.' } });

  const answer = (authorization: string | undefined, target: string, body: string): Answer => {
    if (target !== 'POST /minfraud/v2.0/score') return refusal(404, 'NOT_FOUND');
    if (authorization !== `Basic ${Buffer.from('1234:key').toString('base64')}`) {
      return refusal(401, 'AUTHORIZATION_INVALID');
    }
    const parsed = Transaction.safeParse(JSON.parse(body));
    if (!parsed.success) return { status: 400, body: { code: 'JSON_INVALID', error: z.prettifyError(parsed.error) } };
    heard.push(parsed.data);
    const id = `5bc5d6c2-b2c8-40af-87f4-${String(heard.length).padStart(12, '0')}`;
    return { status: 200, body: { id, funds_remaining: 25, queries_remaining: 5000, ...opinion(parsed.data) } };
  };

  const server = createServer(async (incoming, response) => {
    const body = await text(incoming);
    const scripted = next.shift();
    if (scripted === 'cut') return response.destroy();
    if (scripted === 'garbage') return response.end('<html>');
    const { status, body: content } =
      scripted ?? answer(incoming.headers.authorization, `${incoming.method} ${incoming.url}`, body);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(content));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    heard,
    /** Instead of an answer, one after the other. */
    next,
    refusal,
    thinks(wanted: typeof opinion) {
      opinion = wanted;
    },
    stop: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}
