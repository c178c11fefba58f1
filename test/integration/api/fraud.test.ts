import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { customerIdOf } from '../../../shared/api/customer-id.ts';
import { type ApiForTests, startApi } from './api-for-tests.ts';

let api: ApiForTests;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const many = { id: 'many', type: 'velocity', of: 'customer', window: 3600, above: 3, points: 60 };
const put = (body: object) => api.ask('PUT', '/v1/fraud/rules', { body });
const faultsOf = (answer: { body: unknown }) =>
  (answer.body as { errors?: { pointer: string; code: string }[] }).errors?.map(
    ({ pointer, code }) => `${pointer} ${code}`,
  );

describe('rules', () => {
  test('none at first; set, read again, with what was left out filled in', async () => {
    expect((await api.ask('GET', '/v1/fraud/rules')).body).toEqual({
      rules: [],
      thresholds: { review: 50 },
      version: 0,
    });
    const saved = await put({
      rules: [many, { id: 'odd', type: 'highRiskCountry', countries: ['KP'], action: 'review' }],
    });
    expect(saved.body).toMatchObject({
      rules: [many, { id: 'odd', points: 0, of: ['shipping', 'billing', 'card', 'ip'] }],
      thresholds: { review: 50 },
      version: 1,
    });
    expect((await api.ask('GET', '/v1/fraud/rules', { as: 'agent' })).body).toEqual(saved.body);
  });

  test('who sells and who ships does not see them; only admins set them', async () => {
    for (const as of ['storefront', 'warehouse'] as const) {
      expect((await api.ask('GET', '/v1/fraud/rules', { as })).status).toBe(403);
      expect((await api.ask('GET', '/v1/fraud/blocklist', { as })).status).toBe(403);
    }
    expect((await api.ask('PUT', '/v1/fraud/rules', { body: { rules: [] }, as: 'agent' })).status).toBe(403);
  });

  test.each<[object, string[]]>([
    [{ rules: [{ ...many, type: 'guess' }] }, ['/rules/0/type invalid_union']],
    [{ rules: [{ ...many, above: 0 }] }, ['/rules/0/above too_small']],
    [{ rules: [{ ...many, window: 59 }] }, ['/rules/0/window too_small']],
    [{ rules: [{ ...many, points: 101 }] }, ['/rules/0/points too_large']],
    [{ rules: [{ ...many, pionts: 10 }] }, ['/rules/0/pionts unknown_field']],
    [{ rules: [many, many] }, ['/rules/1/id repeated']],
    [
      { rules: [{ id: 'x', type: 'amountAbove', limits: [{ currency: 'XXX', amount: 1 }] }] },
      ['/rules/0/limits/0/currency invalid_value'],
    ],
    [
      {
        rules: [
          {
            id: 'x',
            type: 'amountAbove',
            limits: [
              { currency: 'EUR', amount: 1 },
              { currency: 'EUR', amount: 2 },
            ],
          },
        ],
      },
      ['/rules/0/limits/1/currency repeated'],
    ],
    [{ rules: [{ id: 'x', type: 'highRiskCountry', countries: ['XX'] }] }, ['/rules/0/countries/0 invalid_value']],
    [{ rules: [], thresholds: { review: 60, refuse: 50 } }, ['/thresholds/refuse below_review']],
    [{}, ['/rules required']],
  ])('%#: refused, and the place is named', async (body, faults) => {
    const answer = await put(body);
    expect([answer.status, faultsOf(answer)]).toEqual([422, faults]);
  });
});

describe('blocklist', () => {
  beforeEach(async () => {
    const { data } = (await api.ask('GET', '/v1/fraud/blocklist?limit=100')).body as { data: { id: string }[] };
    for (const { id } of data) await api.ask('DELETE', `/v1/fraud/blocklist/${id}`);
  });
  const add = (body: object) => api.ask('POST', '/v1/fraud/blocklist', { body });

  test('an entry tells nothing of what it lists; written differently it is the same; once deleted it is gone', async () => {
    const made = await add({ kind: 'email', value: 'Mallory@Example.com', note: 'Two chargebacks' });
    expect(made).toMatchObject({
      status: 201,
      body: {
        kind: 'email',
        effect: 'refuse',
        note: 'Two chargebacks',
        id: expect.stringMatching(/^email-[0-9a-f]{32}$/),
      },
    });
    expect(made.text.toLowerCase()).not.toContain('mallory');
    const again = await add({ kind: 'email', value: ' mallory@example.com'.trim(), effect: 'review' });
    const { id } = made.body as { id: string };
    expect([again.status, (again.body as { id: string }).id]).toEqual([200, id]);
    expect((await api.ask('DELETE', `/v1/fraud/blocklist/${id}`)).status).toBe(204);
    expect(await api.ask('DELETE', `/v1/fraud/blocklist/${id}`)).toMatchObject({
      status: 404,
      body: { code: 'list_entry_not_found' },
    });
  });

  test('the same person by mail and by id, the same house in other words, the same number', async () => {
    const idOf = async (body: object) => ((await add(body)).body as { id: string }).id;
    expect(await idOf({ kind: 'customer', value: customerIdOf('ada@example.com') })).toBe(
      await idOf({ kind: 'customer', value: 'Ada@example.com' }),
    );
    const house = { line1: 'Calle Mayor, 1', postalCode: '28013', country: 'ES' };
    expect(await idOf({ kind: 'address', value: house })).toBe(
      await idOf({ kind: 'address', value: { ...house, line1: 'calle MAYOR 1', postalCode: '28 013' } }),
    );
    expect(await idOf({ kind: 'phone', value: '+34 600 10 20 30' })).toBe(
      await idOf({ kind: 'phone', value: '0034600102030' }),
    );
    expect(await idOf({ kind: 'emailDomain', value: 'Throwaway.example' })).toBe(
      await idOf({ kind: 'emailDomain', value: 'throwaway.example' }),
    );
  });

  test('pages of a kind, with a cursor that is good for it alone', async () => {
    for (const n of [1, 2, 3]) await add({ kind: 'ip', value: `192.0.2.${n}` });
    await add({ kind: 'card', value: 'fp_1234' });
    const first = (await api.ask('GET', '/v1/fraud/blocklist?kind=ip&limit=2')).body as {
      data: unknown[];
      nextCursor: string;
    };
    expect(first.data).toHaveLength(2);
    const cursor = encodeURIComponent(first.nextCursor);
    const second = await api.ask('GET', `/v1/fraud/blocklist?kind=ip&limit=2&cursor=${cursor}`);
    expect(second.body).toMatchObject({ data: [{ kind: 'ip' }], nextCursor: null });
    expect(await api.ask('GET', `/v1/fraud/blocklist?limit=2&cursor=${cursor}`)).toMatchObject({
      status: 400,
      body: { code: 'invalid_cursor' },
    });
  });

  test.each<[object, string[]]>([
    [{ kind: 'email', value: 'nobody' }, ['/value invalid_value']],
    [{ kind: 'ip', value: '300.1.1.1' }, ['/value invalid_value']],
    [{ kind: 'emailDomain', value: 'a@b.example' }, ['/value invalid_value']],
    [{ kind: 'address', value: 'Calle Mayor 1' }, ['/value invalid_value']],
    [{ kind: 'email', value: { line1: 'x', country: 'ES' } }, ['/value invalid_value']],
    [{ kind: 'shoe', value: 'x' }, ['/kind invalid_value']],
    [{ kind: 'ip', value: '192.0.2.1', effect: 'shrug' }, ['/effect invalid_value']],
    [{ kind: 'ip' }, ['/value invalid_union']],
  ])('%#: refused, and the place is named', async (body, faults) => {
    const answer = await add(body);
    expect([answer.status, faultsOf(answer)]).toEqual([422, faults]);
  });
});
