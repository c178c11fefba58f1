import { deflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dynamoSellers } from '../../../shared/adapters/dynamodb/legal-entities.ts';
import { type ApiForTests, startApi } from './api-for-tests.ts';

let api: ApiForTests;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const body = {
  name: 'Batuta Tienda S.L.',
  address: { line1: 'Calle de la Música 4', city: 'Madrid', postalCode: '28013', country: 'ES' },
  taxId: 'es-b12345674',
  bank: { iban: 'ES91 2100 0418 4502 0005 1332', bic: 'CAIXESBB' },
  timeZone: 'Europe/Madrid',
};
const path = (id: string) => `/v1/legal-entities/${id}`;
const put = (id: string, changes: object = {}) => api.ask('PUT', path(id), { body: { ...body, ...changes } });
const get = (id: string) => api.ask('GET', path(id));

describe('legal entities', () => {
  test('before anybody says who sells, there is a default one that says so', async () => {
    expect(await get('default')).toMatchObject({ status: 200, body: { id: 'default', name: 'Your company' } });
    expect(await api.ask('GET', '/v1/legal-entities')).toMatchObject({ body: { data: [{ id: 'default' }] } });
  });

  test('numbers are kept as documents say them, and prefixes have a default', async () => {
    const kept = {
      id: 'iberia',
      name: 'Batuta Tienda S.L.',
      taxId: 'ESB12345674',
      bank: { iban: 'ES9121000418450200051332', bic: 'CAIXESBB' },
      prefixes: { invoice: 'INV', creditMemo: 'CN' },
    };
    expect(await put('iberia')).toMatchObject({ status: 200, body: kept });
    expect(await get('iberia')).toMatchObject({ status: 200, body: kept });
    expect(await api.ask('GET', '/v1/legal-entities', { as: 'storefront' })).toMatchObject({
      body: { data: [{ id: 'default' }, { id: 'iberia' }], nextCursor: null },
    });
    const first = await api.ask('GET', '/v1/legal-entities?limit=1');
    const { data, nextCursor } = first.body as { data: object[]; nextCursor: string };
    expect(data).toMatchObject([{ id: 'default' }]);
    expect(await api.ask('GET', `/v1/legal-entities?limit=1&cursor=${nextCursor}`)).toMatchObject({
      body: { data: [{ id: 'iberia' }], nextCursor: null },
    });
  });

  test.each([
    [{ timeZone: 'Europe/Atlantis' }, '/timeZone', 'invalid_value'],
    [{ bank: { iban: 'ES9121000418450200051333' } }, '/bank/iban', 'invalid_iban'],
    [{ bank: { iban: body.bank.iban, bic: 'nobank' } }, '/bank/bic', 'invalid_format'],
    [{ taxId: 'ES1234' }, '/taxId', 'invalid_tax_id'],
    [{ address: { ...body.address, country: 'XX' } }, '/address/country', 'invalid_value'],
    [{ prefixes: { invoice: 'F', creditMemo: 'F' } }, '/prefixes/creditMemo', 'repeated'],
    [{ prefixes: { invoice: 'f', creditMemo: 'R' } }, '/prefixes/invoice', 'invalid_format'],
    [{ email: 'nobody' }, '/email', 'invalid_format'],
    [{ name: '  ' }, '/name', 'invalid_format'],
    [{ logo: 'x' }, '/logo', 'unknown_field'],
  ])('%j is refused at its place', async (changes, pointer, code) => {
    expect(await put('refused', changes)).toMatchObject({ status: 422, body: { errors: [{ pointer, code }] } });
    expect(await get('refused')).toMatchObject({ status: 404, body: { code: 'legal_entity_not_found' } });
  });

  test('only administrators change who sells; an id of another shape names nobody', async () => {
    expect(await api.ask('PUT', path('iberia'), { body, as: 'agent' })).toMatchObject({ status: 403 });
    expect(await api.ask('GET', path('iberia'), { as: 'warehouse' })).toMatchObject({ status: 403 });
    expect(await get('Not%20an%20id')).toMatchObject({ status: 404, body: { code: 'legal_entity_not_found' } });
  });
});

describe('storefronts and who sells there', () => {
  const storefront = (changes: object) =>
    api.ask('PUT', '/v1/storefronts/tienda', { body: { name: 'Tienda', kind: 'web', ...changes } });

  test('a storefront of nobody is refused; one that sells for somebody keeps him', async () => {
    expect(await storefront({ legalEntityId: 'nobody' })).toMatchObject({
      status: 422,
      body: { code: 'unknown_legal_entity', errors: [{ pointer: '/legalEntityId' }] },
    });
    await put('seller');
    expect(await storefront({ legalEntityId: 'seller' })).toMatchObject({ status: 200 });
    expect(await api.ask('DELETE', path('seller'))).toMatchObject({
      status: 409,
      body: { code: 'legal_entity_in_use', storefronts: ['tienda'] },
    });
    await storefront({});
    expect(await api.ask('DELETE', path('seller'))).toMatchObject({ status: 204 });
    expect(await api.ask('DELETE', path('seller'))).toMatchObject({ status: 404 });
  });

  test('of a storefront that names him and his end at the same time, one is refused', async () => {
    for (let round = 0; round < 5; round++) {
      await storefront({});
      await put('brief');
      const [named, ended] = await Promise.all([
        storefront({ legalEntityId: 'brief' }),
        api.ask('DELETE', path('brief')),
      ]);
      expect([named.status, ended.status]).toSatisfy(
        ([one, other]) => (one === 200 && other === 409) || (one === 422 && other === 204),
      );
    }
  });

  test('who posts documents asks once a minute who sells', async () => {
    const sellers = dynamoSellers(api.client, 'inventory', api.system);
    await put('first', { name: 'First' });
    await storefront({ legalEntityId: 'first' });
    expect((await sellers.sellerIn('tienda')).name).toBe('First');
    expect((await sellers.sellerIn('no-storefront')).id).toBe('default');
    await put('first', { name: 'Renamed' });
    api.later(59_000);
    expect((await sellers.sellerIn('tienda')).name).toBe('First');
    api.later(1_000);
    expect((await sellers.sellerIn('tienda')).name).toBe('Renamed');
  });
});

describe('logos', () => {
  const png = pngOf(4, 2);
  const send = (bytes: Buffer, type = 'image/png', id = 'iberia') =>
    api.ask('PUT', `${path(id)}/logo`, { bytes, headers: { 'content-type': type } });

  test('a logo comes back as it was sent, byte for byte, and goes with its legal entity', async () => {
    await put('logical');
    expect(await send(png, 'image/png', 'logical')).toMatchObject({ status: 204 });
    const answer = await api.ask('GET', `${path('logical')}/logo`);
    expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'image/png' } });
    expect(Buffer.from(answer.text, 'base64').equals(png)).toBe(true);
    await api.ask('DELETE', path('logical'));
    await put('logical');
    expect(await api.ask('GET', `${path('logical')}/logo`)).toMatchObject({ body: { code: 'logo_not_found' } });
  });

  test('what an image is, its bytes say, not its sender', async () => {
    await put('iberia');
    expect(await send(png, 'image/jpeg')).toMatchObject({ status: 204 });
    expect(await api.ask('GET', `${path('iberia')}/logo`)).toMatchObject({ headers: { 'content-type': 'image/png' } });
    expect(await api.ask('DELETE', `${path('iberia')}/logo`)).toMatchObject({ status: 204 });
    expect(await api.ask('DELETE', `${path('iberia')}/logo`)).toMatchObject({ status: 404 });
  });

  test.each([
    ['text', Buffer.from('<svg/>'), 422, 'invalid_image'],
    ['nothing', Buffer.alloc(0), 422, 'invalid_image'],
    ['half a PNG', png.subarray(0, 40), 422, 'invalid_image'],
    ['a JPEG that ends after its signature', Buffer.from([0xff, 0xd8, 0xff, 0xe0]), 422, 'invalid_image'],
    ['a PNG of a wall', pngOf(1201, 1), 422, 'invalid_image'],
    ['200,001 bytes', Buffer.alloc(200_001), 413, 'payload_too_large'],
  ])('%s is refused', async (_, bytes, status, code) => {
    expect(await send(bytes)).toMatchObject({ status, body: { code } });
  });

  test('another media type, and a logo of nobody, are refused', async () => {
    expect(await send(png, 'image/svg+xml')).toMatchObject({ status: 415 });
    expect(await send(png, 'image/png', 'nobody')).toMatchObject({ status: 404 });
  });
});

/** A gray image. */
function pngOf(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  const rows = Buffer.alloc((width + 1) * height, 0x80).fill(0, 0, 1);
  const chunk = (type: string, data: Buffer) => {
    const [length, crc] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    return Buffer.concat([length, Buffer.from(type), data, crc]);
  };
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
