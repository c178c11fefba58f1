import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { minFraud } from '../../../shared/adapters/minfraud/score.ts';
import { type FraudProvider, FraudUnavailable } from '../../../shared/ports/fraud.ts';
import { keepsTheContract, request } from './contract.ts';
import { startMinFraud } from './minfraud-server.ts';

const secret = JSON.stringify({ accountId: '1234', licenseKey: 'key' });
let server: Awaited<ReturnType<typeof startMinFraud>>;
const judge = (text = secret): FraudProvider =>
  minFraud({ readSecret: async () => text, base: server.url, now: () => 0 });

describe('minFraud keeps the contract of judges', () => {
  keepsTheContract(async () => {
    server = await startMinFraud();
    const by = (domain: string, opinion: object) => {
      server.thinks((transaction) => (transaction.email?.domain === domain ? opinion : { risk_score: 0.3 }));
      return request(domain);
    };
    const ruled = (action: string) => ({ risk_score: 20, disposition: { action, reason: 'custom_rule' } });
    const opinions: Record<string, object> = {
      'odd.example': ruled('manual_review'),
      'known.example': ruled('reject'),
    };
    server.thinks((transaction) => opinions[transaction.email?.domain ?? ''] ?? { risk_score: 0.3 });
    return {
      provider: judge(),
      good: () => request(),
      odd: () => request('odd.example'),
      known: () => request('known.example'),
      scored: (score) => by('scored.example', { risk_score: score }),
      away() {
        server.next.push(server.refusal(503, 'SERVICE_UNAVAILABLE'), 'cut');
        return request();
      },
      stop: () => server.stop(),
    };
  });
});

describe('minFraud', () => {
  beforeEach(async () => {
    server = await startMinFraud();
  });
  afterEach(() => server.stop());

  test('it is told what it asks for, and nothing by which a person is found', async () => {
    await judge().score(
      request('example.com', {
        amount: 1_234_500,
        currency: 'KWD' as never,
        shipping: { country: 'KW', region: 'Al Asimah', postalCode: '13001' },
        subjects: { card: '0123456789' },
        payment: {
          method: 'card',
          card: { country: 'US', cvcCheck: 'fail', addressCheck: 'pass', postalCodeCheck: 'fail' },
        },
      }),
    );
    expect(server.heard).toEqual([
      {
        event: {
          transaction_id: 'ord_01JD7ZK3V0W4X5Y6Z7A8B9C0D1:screen',
          shop_id: 'web',
          time: '2026-01-05T09:00:00.000Z',
          type: 'purchase',
        },
        account: { user_id: 'cus_1' },
        email: { address: '5d41402abc4b2a76b9719d911017c592', domain: 'example.com' },
        // A region is a code there: a name is left out.
        shipping: { country: 'KW', postal: '13001' },
        billing: { country: 'ES', postal: '28001' },
        credit_card: { token: 'h0123456789', country: 'US', cvv_result: 'N', avs_result: 'A' },
        order: { amount: 1234.5, currency: 'KWD' },
      },
    ]);
  });

  test('a rule that is only being tried out there decides nothing', async () => {
    server.thinks(() => ({ risk_score: 95, disposition: { action: 'test', reason: 'custom_rule' } }));
    expect(await judge().score(request())).toMatchObject({ decision: 'refuse', score: 95 });
  });

  test.each([
    [402, 'INSUFFICIENT_FUNDS'],
    [403, 'PERMISSION_REQUIRED'],
    [429, 'TOO_MANY'],
    [500, 'SERVER'],
  ])('%d is no judgment: who looks after it reads %s', async (status, code) => {
    server.next.push(server.refusal(status, code));
    await expect(judge().score(request())).rejects.toThrow(new FraudUnavailable(`minFraud: ${status} ${code}`));
  });

  test('nor is an answer of another shape, or one that is no JSON', async () => {
    server.next.push({ status: 200, body: { id: 'x', risk_score: '12' } }, 'garbage');
    for (const _ of [1, 2]) await expect(judge().score(request())).rejects.toBeInstanceOf(FraudUnavailable);
  });

  test('a secret that is none is not quoted', async () => {
    for (const text of ['{"accountId":"x","licenseKey":"hush"}', 'hush']) {
      const failed = await judge(text)
        .score(request())
        .catch((error: unknown) => error);
      expect(failed).toBeInstanceOf(FraudUnavailable);
      expect(String(failed)).not.toContain('hush');
    }
  });
});
