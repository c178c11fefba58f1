import { createHash, createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { Sha256 } from '../../../shared/adapters/sha256.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

test('hashes text and bytes, also a part of a buffer, as Node does', async () => {
  const hash = new Sha256();
  hash.update('pedido ñ');
  hash.update(Buffer.from('a whole buffer').subarray(2, 7));
  expect(hex(await hash.digest())).toBe(createHash('sha256').update('pedido ñwhole').digest('hex'));
});

test.each([
  ['text', 'AWS4secret'],
  ['bytes', Buffer.from('key made of bytes')],
  ['a part of a buffer', Buffer.from('key made of bytes').subarray(4)],
  ['no bytes', new Uint8Array()],
])('signs with a secret of %s, each time anew', async (_, secret) => {
  const expected = (text: string) => createHmac('sha256', secret).update(text).digest('hex');
  for (const text of ['first', 'second']) {
    const hash = new Sha256(secret);
    hash.update(text);
    expect(hex(await hash.digest())).toBe(expected(text));
  }
  const hash = new Sha256(secret);
  hash.update('thrown away');
  hash.reset();
  hash.update('kept');
  expect(hex(await hash.digest())).toBe(expected('kept'));
});
