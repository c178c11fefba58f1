import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { keyOf, newSecret, sign } from '../../../shared/webhooks/sign.ts';
import { type Headers, verifyWebhook } from '../../../shared/webhooks/verify.ts';
import vectors from '../../vectors/webhook-signatures.json' with { type: 'json' };

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const now = 1_614_265_330_000;
const seconds = now / 1000;
const body = '{"a":"ñ 🛵 \u2028"}';

const headersAt = (timestamp: number, more: Headers = {}): Headers => ({
  'webhook-id': 'evt_1',
  'webhook-timestamp': String(timestamp),
  'webhook-signature': sign(secret, 'evt_1', timestamp, body),
  ...more,
});
const verify = (headers: Headers, of: string | Uint8Array = body) => verifyWebhook(secret, headers, of, now);

describe('signing', () => {
  test.each(vectors)('$name', ({ secret: key, id, timestamp, body: payload, signature }) => {
    expect(sign(key, id, timestamp, payload)).toBe(signature);
    const headers = { 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': signature };
    expect(verifyWebhook(key, headers, payload, timestamp * 1000)).toEqual({ ok: true });
  });

  test('a new secret has 32 bytes, and the library of Standard Webhooks verifies what we sign with it', () => {
    const made = newSecret();
    expect(keyOf(made)).toHaveLength(32);
    expect(made).not.toBe(newSecret());
    const timestamp = Math.floor(Date.now() / 1000);
    const signature = sign(made, 'evt_1', timestamp, body);
    const headers = { 'webhook-id': 'evt_1', 'webhook-timestamp': String(timestamp), 'webhook-signature': signature };
    expect(new Webhook(made).verify(body, headers)).toEqual(JSON.parse(body));
    expect(new Webhook(made).sign('evt_1', new Date(timestamp * 1000), body)).toBe(signature);
  });

  test.each([
    ['no prefix', 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
    ['empty', 'whsec_'],
    ['one byte', 'whsec_AA=='],
    ['not base64', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS!'],
    ['65 bytes', `whsec_${Buffer.alloc(65).toString('base64')}`],
  ])('a secret with %s is refused', (_name, bad) => {
    expect(() => sign(bad, 'evt_1', 1, '')).toThrow('whsec_');
  });

  test('an id that could be read as part of the timestamp is refused', () => {
    expect(() => sign(secret, 'evt_1.1614265330', 1, '')).toThrow('id');
  });
});

describe('verifying', () => {
  test.each([
    ['now', 0, { ok: true }],
    ['300 s ago', -300, { ok: true }],
    ['301 s ago', -301, { ok: false, reason: 'too_old' }],
    ['in 300 s', 300, { ok: true }],
    ['in 301 s', 301, { ok: false, reason: 'too_new' }],
  ])('a delivery of %s', (_name, offset, expected) => {
    expect(verify(headersAt(seconds + offset))).toEqual(expected);
  });

  test.each(['1614265330abc', '1614265330.9', '', '-1', ' 1614265330', '9007199254740992', '1e9'])(
    'the timestamp "%s" is refused before anything is computed',
    (timestamp) => {
      expect(verify(headersAt(seconds, { 'webhook-timestamp': timestamp }))).toEqual({
        ok: false,
        reason: 'bad_timestamp',
      });
    },
  );

  test('another body, id, timestamp or secret does not match', () => {
    const no = { ok: false, reason: 'no_match' };
    expect(verify(headersAt(seconds), `${body} `)).toEqual(no);
    expect(verify(headersAt(seconds, { 'webhook-id': 'evt_2' }))).toEqual(no);
    expect(verify(headersAt(seconds, { 'webhook-timestamp': String(seconds + 1) }))).toEqual(no);
    expect(verifyWebhook(newSecret(), headersAt(seconds), body, now)).toEqual(no);
  });

  test('bodies of different invalid UTF-8 have different signatures', () => {
    const bytes = Buffer.from([0xff]);
    const signature = sign(secret, 'evt_1', seconds, bytes);
    const headers = headersAt(seconds, { 'webhook-signature': signature });
    expect(verify(headers, bytes)).toEqual({ ok: true });
    expect(verify(headers, Buffer.from([0xfe]))).toEqual({ ok: false, reason: 'no_match' });
  });

  test('one good signature among unknown versions and old keys is enough, a thousand items are not searched', () => {
    const good = sign(secret, 'evt_1', seconds, body);
    const bad = sign(newSecret(), 'evt_1', seconds, body);
    expect(verify(headersAt(seconds, { 'webhook-signature': `v2,x ${bad} v1a,y ${good}` }))).toEqual({ ok: true });
    const flood = `${'v1,x '.repeat(1000)}${good}`;
    expect(verify(headersAt(seconds, { 'webhook-signature': flood }))).toEqual({ ok: false, reason: 'no_match' });
    expect(verify(headersAt(seconds, { 'webhook-signature': good.slice(3) }))).toEqual({
      ok: false,
      reason: 'no_match',
    });
  });

  test('a missing header, or one given twice, is refused', () => {
    for (const name of ['webhook-id', 'webhook-timestamp', 'webhook-signature']) {
      expect(verify(headersAt(seconds, { [name]: undefined }))).toEqual({ ok: false, reason: 'missing_header' });
      expect(verify(headersAt(seconds, { [name]: ['a', 'b'] }))).toEqual({ ok: false, reason: 'missing_header' });
    }
  });
});
