import { describe, expect, test } from 'vitest';
import { allowedNetworks, isPublicAddress } from '../../../shared/webhooks/addresses.ts';
import { BlockedTarget, checkUrl, type Resolve, resolveTarget } from '../../../shared/webhooks/guard.ts';

const none = allowedNetworks([]);
const names =
  (...addresses: string[]): Resolve =>
  async () =>
    addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

const hostile =
  `0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.255 127.0.0.1 127.0.0.53 169.254.169.254 172.16.0.1
  172.31.255.255 192.0.0.1 192.0.0.192 192.0.2.1 192.88.99.1 192.168.0.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1
  239.255.255.255 240.0.0.1 255.255.255.255
  :: ::1 ::7f00:1 ::ffff:127.0.0.1 ::ffff:169.254.169.254 ::ffff:8.8.8.8 64:ff9b::a9fe:a9fe 64:ff9b:1::1 100::1 2001::1 2001:0:7f00:1::1
  2001:db8::1 2002:a9fe:a9fe::1 2002:7f00:1::1 3fff::1 2620:4f:8000::1 5f00::1 fc00::1 fd00:ec2::254 fe80::1 fec0::1 ff02::1`.split(
    /\s+/,
  );
const publics =
  `1.1.1.1 8.8.8.8 9.255.255.255 100.63.255.255 100.128.0.0 172.15.255.255 172.32.0.1 192.0.1.1 198.17.255.255 223.255.255.255
  2606:4700:4700::1111 2a00:1450:4001:81b::200e 2001:4860:4860::8888`.split(/\s+/);

describe('addresses', () => {
  test.each(hostile)('%s is not public', (address) => expect(isPublicAddress(address)).toBe(false));
  test.each(publics)('%s is public', (address) => expect(isPublicAddress(address)).toBe(true));
  test('what is no address is not public', () => expect(isPublicAddress('example.com')).toBe(false));

  test.each(hostile)('a name that answers %s is refused, alone or beside a public answer', async (address) => {
    const target = checkUrl('https://partner.example.com/hook', none);
    await expect(resolveTarget(target, none, names(address))).rejects.toThrow(BlockedTarget);
    await expect(resolveTarget(target, none, names('1.1.1.1', address))).rejects.toThrow(BlockedTarget);
  });

  test.each([...hostile, ...publics])('%s itself as host is refused', (address) => {
    const host = address.includes(':') ? `[${address}]` : address;
    expect(() => checkUrl(`https://${host}/`, none)).toThrow(BlockedTarget);
  });

  test.each(['10.0.0.0', '10.0.0.0/33', '10.0.0.0/x', '/8', 'localhost/8', '::1/129', '10.0.0.0/8/8', '10.0.0.0/'])(
    'the network "%s" is refused, not skipped',
    (cidr) => expect(() => allowedNetworks(['192.168.0.0/16', cidr])).toThrow(cidr),
  );
});

describe('URLs', () => {
  test.each([
    'https://partner.example.com/hook?a=1',
    'https://partner.example.com:443/',
    'https://partner.example.com:8443/',
    'https://partner.example.com./',
  ])('%s is fine', (url) => expect(checkUrl(url, none).isPrivateOnly).toBe(false));

  test.each([
    ['plain http', 'http://partner.example.com/'],
    ['another scheme', 'ftp://partner.example.com/'],
    ['a file', 'file:///etc/passwd'],
    ['a user', 'https://user@partner.example.com/'],
    ['a password', 'https://:secret@partner.example.com/'],
    ['another port', 'https://partner.example.com:22/'],
    ['a single label', 'https://intranet/'],
    ['localhost', 'https://localhost/'],
    ['localhost with a dot', 'https://localhost./'],
    ['.local', 'https://printer.local/'],
    ['.internal', 'https://metadata.google.internal/'],
    ['.localhost', 'https://a.localhost/'],
    ['.home.arpa', 'https://nas.home.arpa/'],
    ['upper case .INTERNAL and a dot', 'https://METADATA.GOOGLE.INTERNAL./'],
    ['hexadecimal', 'https://0x7f.1/'],
    ['one number', 'https://2130706433/'],
    ['two parts', 'https://127.1/'],
    ['octal', 'https://0177.0.0.1/'],
    ['circled digits', 'https://①②⑦.⓪.⓪.①/'],
    ['ideographic dots', 'https://169。254。169。254/'],
    ['mapped', 'https://[::ffff:169.254.169.254]/'],
    ['a zone', 'https://[fe80::1%25eth0]/'],
    ['a name too long', `https://${`${'a'.repeat(60)}.`.repeat(5)}com/`],
    ['nothing', ''],
    ['no URL', 'partner.example.com/hook'],
  ])('%s is refused', (_name, url) => expect(() => checkUrl(url, none)).toThrow(BlockedTarget));
});

describe('networks that the operator opened', () => {
  const allowed = allowedNetworks(['127.0.0.0/8', 'fd00::/8']);

  test('plain http, any port and any name work inside them', async () => {
    const target = checkUrl('http://localhost:9000/hook', allowed);
    expect(await resolveTarget(target, allowed, names('127.0.0.1', 'fd00::5'))).toHaveLength(2);
    const literal = checkUrl('http://127.0.0.1:9000/', allowed);
    expect(await resolveTarget(literal, allowed, names())).toEqual([{ address: '127.0.0.1', family: 4 }]);
    expect(checkUrl('http://[fd00::1]:9000/', allowed).hostname).toBe('fd00::1');
  });

  test('plain http to a public or another private address stays refused', async () => {
    for (const address of ['1.1.1.1', '10.0.0.1', '::ffff:127.0.0.1']) {
      await expect(
        resolveTarget(checkUrl('http://erp.example.com/', allowed), allowed, names('127.0.0.1', address)),
      ).rejects.toThrow(BlockedTarget);
    }
    expect(() => checkUrl('http://10.0.0.1/', allowed)).toThrow(BlockedTarget);
    expect(() => checkUrl('http://[::ffff:127.0.0.1]/', allowed)).toThrow(BlockedTarget);
  });

  test('https by name may go there as well as to the public', async () => {
    const target = checkUrl('https://erp.example.com/', allowed);
    expect(await resolveTarget(target, allowed, names('127.0.0.1', '1.1.1.1'))).toHaveLength(2);
  });
});

test('a name without an answer is refused', async () => {
  await expect(resolveTarget(checkUrl('https://a.example.com/', none), none, names())).rejects.toThrow(BlockedTarget);
});
