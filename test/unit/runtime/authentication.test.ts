import { beforeEach, describe, expect, test } from 'vitest';
import { type ApiKeyRecord, authenticate, newApiKey } from '../../../shared/runtime/authentication.ts';
import { keyDoor } from '../../../shared/runtime/door.ts';
import { rememberingKeys } from '../../../shared/runtime/remembering-keys.ts';

const now = Date.parse('2026-01-05T09:00:00Z');

function store(...records: ApiKeyRecord[]) {
  const reads: string[] = [];
  return {
    reads,
    apiKey: async (id: string) => {
      reads.push(id);
      return records.find((one) => one.id === id);
    },
  };
}
const { key, record } = newApiKey({ role: 'agent', name: 'test' }, now);

describe('API keys', () => {
  test('a key is found by its id; what is kept of it does not hold it', async () => {
    expect(key).toMatch(/^oms_live_[0-9A-Za-z]{10}_[0-9A-Za-z]{49}$/);
    expect(await authenticate(`Bearer ${key}`, store(record), now)).toEqual({
      ok: true,
      keyId: record.id,
      role: 'agent',
    });
    expect(await authenticate(`bearer  ${key} `, store(record), now)).toMatchObject({ ok: true });
    expect(JSON.stringify(record)).not.toContain(key.slice(20));
  });

  test.each([undefined, '', '  '])('without a header (%j) a key is asked for', async (header) => {
    const keys = store(record);
    expect(await authenticate(header, keys, now)).toEqual({ ok: false, error: 'authentication_required' });
    expect(keys.reads).toEqual([]);
  });

  test.each([
    ['no scheme', key],
    ['another scheme', `Basic ${key}`],
    ['two headers, joined', `Bearer ${key},Bearer ${key}`],
    ['a changed character', `Bearer ${key.slice(0, 30)}${key[30] === 'x' ? 'y' : 'x'}${key.slice(31)}`],
    ['a changed checksum', `Bearer ${key.slice(0, -1)}${key.at(-1) === 'x' ? 'y' : 'x'}`],
    ['a character more', `Bearer ${key}x`],
    ['another prefix', `Bearer ${key.replace('live', 'test')}`],
  ])('%s is refused before anything is read', async (_, header) => {
    const keys = store(record);
    expect(await authenticate(header, keys, now)).toEqual({ ok: false, error: 'invalid_api_key' });
    expect(keys.reads).toEqual([]);
  });

  test('unknown, of another key with this id, revoked, expired', async () => {
    const invalid = { ok: false, error: 'invalid_api_key' };
    const other = newApiKey({ role: 'admin', name: 'other' }, now).record;
    expect(await authenticate(`Bearer ${key}`, store(), now)).toEqual(invalid);
    expect(await authenticate(`Bearer ${key}`, store({ ...other, id: record.id }), now)).toEqual(invalid);
    const at = (time: number) => new Date(time).toISOString();
    expect(await authenticate(`Bearer ${key}`, store({ ...record, revokedAt: at(now - 1) }), now)).toEqual(invalid);
    expect(await authenticate(`Bearer ${key}`, store({ ...record, expiresAt: at(now) }), now)).toEqual(invalid);
    expect(await authenticate(`Bearer ${key}`, store({ ...record, expiresAt: at(now + 1) }), now)).toMatchObject({
      ok: true,
    });
  });

  test('fifty requests that come together with a key nobody asked for yet are one read, not fifty unknown ones', async () => {
    const keys = store(record);
    const remembering = rememberingKeys(keys, () => now);
    const found = await Promise.all(Array.from({ length: 50 }, () => remembering.apiKey(record.id)));
    expect(new Set(found)).toEqual(new Set([record]));
    expect(keys.reads).toEqual([record.id]);
  });

  test('two keys share nothing', () => {
    const keys = Array.from({ length: 100 }, () => newApiKey({ role: 'agent', name: 'x' }, now));
    expect(new Set(keys.map((one) => one.record.id)).size).toBe(100);
    expect(new Set(keys.map((one) => one.key)).size).toBe(100);
  });
});

describe('remembered keys', () => {
  let time = now;
  beforeEach(() => {
    time = now;
  });
  const remembering = (keys: ReturnType<typeof store>) => rememberingKeys(keys, () => time);
  const unknownId = (n: number) => `unknown${String(n).padStart(3, '0')}`;

  test('a key is remembered for 30 seconds: so long a revoked one still works', async () => {
    const records = [record];
    const keys = { apiKey: async (id: string) => records.find((one) => one.id === id) };
    const remembered = rememberingKeys(keys, () => time);
    const isIn = async () => (await authenticate(`Bearer ${key}`, remembered, time)).ok;
    expect(await isIn()).toBe(true);
    records[0] = { ...record, revokedAt: new Date(now).toISOString() };
    time += 29_999;
    expect(await isIn()).toBe(true);
    time += 1;
    expect(await isIn()).toBe(false);
    // Revoked is known, too.
    records[0] = record;
    expect(await isIn()).toBe(false);
  });

  test('a key that vanished stops as a revoked one does', async () => {
    const records = [record];
    const remembered = rememberingKeys({ apiKey: async () => records[0] }, () => time);
    expect(await remembered.apiKey(record.id)).toEqual(record);
    records.pop();
    time += 30_000;
    expect(await remembered.apiKey(record.id)).toBeUndefined();
  });

  test('an id that no key has is read once in 5 seconds; a key made since works then', async () => {
    const keys = store();
    const remembered = remembering(keys);
    for (let n = 0; n < 50; n++) expect(await remembered.apiKey(record.id)).toBeUndefined();
    time += 4999;
    expect(await remembered.apiKey(record.id)).toBeUndefined();
    expect(keys.reads).toHaveLength(1);
    time += 1;
    await remembered.apiKey(record.id);
    expect(keys.reads).toHaveLength(2);
  });

  test('made-up keys cause 20 reads a second and no more, and keep no key out that was in before', async () => {
    const keys = store(record);
    const remembered = remembering(keys);
    await remembered.apiKey(record.id);
    time += 30_000;
    const answers = await Promise.allSettled(Array.from({ length: 500 }, (_, n) => remembered.apiKey(unknownId(n))));
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(20);
    const refused = answers.find(({ status }) => status === 'rejected');
    expect(refused).toMatchObject({ reason: { code: 'store_busy', headers: { 'retry-after': '1' } } });
    expect(keys.reads).toHaveLength(1 + 20);
    expect(await remembered.apiKey(record.id)).toEqual(record);
    time += 1000;
    expect(await remembered.apiKey(unknownId(999))).toBeUndefined();
  });

  test('keys that exist take nothing of that', async () => {
    const many = Array.from({ length: 100 }, () => newApiKey({ role: 'agent', name: 'x' }, now).record);
    const remembered = remembering(store(...many));
    for (const one of many) expect(await remembered.apiKey(one.id)).toEqual(one);
  });

  test('a thousand are remembered, and a thousand that are unknown push none of them out', async () => {
    const many = Array.from({ length: 1001 }, () => newApiKey({ role: 'agent', name: 'x' }, now).record);
    const keys = store(...many);
    const remembered = remembering(keys);
    for (const { id } of many) await remembered.apiKey(id);
    for (let n = 0; n < 200; n++) {
      time += 100;
      await remembered.apiKey(unknownId(n));
    }
    keys.reads.length = 0;
    for (const { id } of many.slice(1)) await remembered.apiKey(id);
    expect(keys.reads).toEqual([]);
    await remembered.apiKey(many[0]?.id ?? '');
    expect(keys.reads).toEqual([many[0]?.id]);
  });

  test('when keys cannot be read nobody is let in, and nothing is remembered of it', async () => {
    let isDown = true;
    const keys = store(record);
    const flaky = { apiKey: async (id: string) => (isDown ? Promise.reject(new Error('down')) : keys.apiKey(id)) };
    const door = keyDoor(flaky, () => time);
    await expect(door(`Bearer ${key}`)).rejects.toThrow('down');
    isDown = false;
    expect(await door(`Bearer ${key}`)).toMatchObject({ ok: true });
  });
});
