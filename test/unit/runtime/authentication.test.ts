import { describe, expect, test } from 'vitest';
import { authorize, rememberingKeys } from '../../../functions/api/authorizer/authorizer.ts';
import { type ApiKeyRecord, authenticate, newApiKey } from '../../../shared/runtime/authentication.ts';
import { quietLog } from '../../quiet-log.ts';

quietLog();
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

  test('two keys share nothing', () => {
    const keys = Array.from({ length: 100 }, () => newApiKey({ role: 'agent', name: 'x' }, now));
    expect(new Set(keys.map((one) => one.record.id)).size).toBe(100);
    expect(new Set(keys.map((one) => one.key)).size).toBe(100);
  });
});

describe('the authorizer', () => {
  const event = (headers: Record<string, string>) =>
    ({ headers, requestContext: { requestId: 'r' } }) as Parameters<typeof authorize>[0];

  test('lets every request through and says whose it is or what is wrong', async () => {
    const context = async (headers: Record<string, string>) =>
      (await authorize(event(headers), store(record), now)).context;
    expect(await context({ authorization: `Bearer ${key}` })).toEqual({ keyId: record.id, role: 'agent' });
    expect(await context({})).toEqual({ error: 'authentication_required' });
    expect(await context({ authorization: 'Bearer x' })).toEqual({ error: 'invalid_api_key' });
  });

  test('when keys cannot be read nobody is let in', async () => {
    const broken = { apiKey: async () => Promise.reject(new Error('down')) };
    await expect(authorize(event({ authorization: `Bearer ${key}` }), broken, now)).rejects.toThrow('down');
  });

  test('a key is remembered for 30 seconds: so long a revoked one still works, and a new one works at once', async () => {
    let time = now;
    const records: ApiKeyRecord[] = [];
    const keys = { apiKey: async (id: string) => records.find((one) => one.id === id) };
    const remembering = rememberingKeys(keys, () => time);
    const isIn = async () => (await authenticate(`Bearer ${key}`, remembering, time)).ok;
    expect(await isIn()).toBe(false);
    records.push(record);
    expect(await isIn()).toBe(true);
    records[0] = { ...record, revokedAt: new Date(now).toISOString() };
    time += 29_999;
    expect(await isIn()).toBe(true);
    time += 1;
    expect(await isIn()).toBe(false);
  });
});
