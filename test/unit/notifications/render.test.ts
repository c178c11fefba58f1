import { describe, expect, test } from 'vitest';
import { lineId, Sku } from '../../../shared/domain/ids.ts';
import { Currency } from '../../../shared/domain/money.ts';
import { contentOf, type NotifiedEvent } from '../../../shared/notifications/content.ts';
import { formatMoney } from '../../../shared/notifications/formats.ts';
import { renderHtml } from '../../../shared/notifications/html.ts';
import { languageOf, languages } from '../../../shared/notifications/language.ts';
import { formatMessage, type MessageKey } from '../../../shared/notifications/messages.ts';
import { shopNameOf } from '../../../shared/notifications/sender.ts';
import { renderText } from '../../../shared/notifications/text.ts';
import { confirmed, orderOf, shipped, trackingUrl } from './orders.ts';

const shop = 'Acme Store';
const contact = { email: 'ana@example.com', name: 'Ana Pérez' };
/** Intl separates with narrow and no-break spaces, which differ between versions of its data. */
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');
const inLanguage = (locale: string | undefined, more = {}) =>
  orderOf({ customer: { id: 'cus_1', ...(locale !== undefined && { locale }) }, ...more });

describe.each([
  [
    'en-GB',
    'Your order WEB-1001 is confirmed',
    'Your order WEB-1001 is on its way',
    '€1,288.98',
    'Spain',
    '5 January 2026',
  ],
  [
    'es-ES',
    'Tu pedido WEB-1001 está confirmado',
    'Tu pedido WEB-1001 está en camino',
    '1288,98 €',
    'España',
    '5 de enero de 2026',
  ],
])('%s', (locale, confirmedSubject, shippedSubject, total, country, date) => {
  describe.each([
    ['en-GB', 'Part of your order WEB-1001 is canceled', 'Your order WEB-1001 is canceled', '2 items', 'has not come'],
    [
      'es-ES',
      'Parte de tu pedido WEB-1001 está cancelada',
      'Tu pedido WEB-1001 está cancelado',
      '2 artículos',
      'no ha llegado',
    ],
  ])('%s: what is canceled', (locale, partSubject, wholeSubject, units, why) => {
    const waited = { lineId: lineId(1), sku: Sku.parse('MUG-BLUE'), quantity: 2, from: 'BACKORDERED' } as const;
    const part = (reason: string): NotifiedEvent => ({
      type: 'order.remainder_canceled',
      data: { reason, lines: [waited], reservations: [], orderDelivered: false },
    });

    test('units that have waited too long: which, why, and what of the money', () => {
      const content = contentOf(part('backorder_deadline'), inLanguage(locale), contact, shop);
      expect(content).toMatchObject({ subject: partSubject, items: [{ sku: 'MUG-BLUE', quantity: 2 }] });
      expect(content.paragraphs).toHaveLength(3);
      expect(content.paragraphs[0]).toContain(units);
      expect(content.paragraphs[1]).toContain(why);
      expect(contentOf(part('customer'), inLanguage(locale), contact, shop).paragraphs).toHaveLength(2);
    });

    test('a whole order, whatever its last transaction named', () => {
      const lines = orderOf().lines.map((line) => ({ ...line, positions: { CANCELED: line.quantity } }));
      const event: NotifiedEvent = {
        type: 'order.canceled',
        data: { reason: 'customer', lines: [waited], reservations: [] },
      };
      const content = contentOf(event, inLanguage(locale, { lines }), contact, shop);
      expect(content).toMatchObject({ subject: wholeSubject, items: [{ quantity: 2 }, { quantity: 1 }] });
      expect(content.total).toBeUndefined();
    });
  });

  test('order.confirmed: subject, items, total, address', () => {
    const content = contentOf(confirmed, inLanguage(locale), contact, shop);
    expect(content.subject).toBe(confirmedSubject);
    expect(content.items.map(({ name, quantity }) => [name, quantity])).toEqual([
      ['Blue mug, hand-glazed', 2],
      ['TABLE-OAK', 1],
    ]);
    expect(plain(content.total?.value ?? '')).toBe(total);
    for (const mail of [plain(renderText(content)), plain(renderHtml(content))]) {
      for (const part of ['WEB-1001', 'Ana Pérez', 'Calle Mayor 1', '28013 Madrid', country, date, total, shop])
        expect(mail).toContain(part);
    }
    expect(renderHtml(content)).toContain(`<html lang="${locale}">`);
  });

  test('fulfillment.shipped: what is in the parcel, what follows, tracking number and link', () => {
    const content = contentOf(shipped(trackingUrl), inLanguage(locale), contact, shop);
    expect(content.subject).toBe(shippedSubject);
    expect(content.items).toMatchObject([{ name: 'Blue mug, hand-glazed', quantity: 2 }]);
    expect(content.paragraphs).toHaveLength(2);
    expect(renderText(content)).toContain(trackingUrl);
    const html = renderHtml(content);
    expect(html).toContain('href="https://carrier.example/track?id=CX0001&amp;lang=es"');
    for (const part of ['Correos', 'CX0001']) expect(html).toContain(part);
  });

  test('every message formats for 0, 1, 2 and 21 without leaving a placeholder', () => {
    const { messages } = languageOf(locale);
    for (const key of Object.keys(messages) as MessageKey[]) {
      for (const count of [0, 1, 2, 21, 1_000_000]) {
        const values = { name: 'Ana', number: 'W-1', shop, count, rest: count };
        expect(formatMessage(messages, key, locale, values)).not.toMatch(/[{}#]/);
      }
    }
  });
});

test('every language has every message', () => {
  const keys = Object.keys(languages.en ?? {}).sort();
  for (const messages of Object.values(languages)) {
    expect(Object.keys(messages).sort()).toEqual(keys);
    for (const text of Object.values(messages)) expect(text).not.toBe('');
  }
});

test('a value that a message names and nobody gave fails, instead of reaching a customer as a gap', () => {
  expect(() => formatMessage(languageOf('en').messages, 'greeting', 'en', {})).toThrow('name');
});

test.each([
  ['es-MX', 'es-MX', 'Hola'],
  ['es_AR', 'es-AR', 'Hola'],
  ['ES', 'es', 'Hola'],
  ['fr-FR', 'en', 'Hello'],
  ['not a locale', 'en', 'Hello'],
  ['', 'en', 'Hello'],
  [undefined, 'en', 'Hello'],
])('the locale %s is written to as %s', (asked, locale, hello) => {
  const content = contentOf(confirmed, inLanguage(asked), contact, shop);
  expect(content.locale).toBe(locale);
  expect(content.greeting).toContain(hello);
});

test.each([
  ['JPY', 1999, 'en', '¥1,999'],
  ['KWD', 1999, 'en', 'KWD 1.999'],
  ['CLF', 12_345, 'en', 'CLF 1.2345'],
  ['EUR', 1999, 'es', '19,99 €'],
  ['HUF', 1999, 'en', 'HUF 19.99'],
  ['USD', Number.MAX_SAFE_INTEGER, 'en', '$90,071,992,547,409.91'],
  ['EUR', -500, 'en', '-€5.00'],
])('%s %i in %s is %s', (currency, amount, locale, expected) => {
  expect(plain(formatMoney(amount, Currency.parse(currency), locale))).toBe(expected);
});

test('markup in names, titles, numbers and addresses stays text', () => {
  const attack = `<script>alert("1")</script><img src=x onerror='a'>{count} & co`;
  const order = orderOf({ externalId: attack });
  const [line] = order.lines;
  const hurt = {
    ...order,
    lines: line ? [{ ...line, title: attack }] : [],
    delivery: {
      ...order.delivery,
      address: { name: attack, line1: attack, city: attack, postalCode: attack, country: 'ES' },
    },
  };
  for (const event of [confirmed, shipped(`https://carrier.example/"><script>`)]) {
    const html = renderHtml(contentOf(event, hurt, { ...contact, name: attack }, attack));
    expect(html).not.toMatch(/<script|<img|onerror='/);
    expect(html).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;');
    expect(html).toContain('{count} &amp; co');
  }
});

test.each(['javascript:alert(1)', 'data:text/html,x', 'not a link'])('the tracking link %s is left out', (link) => {
  const content = contentOf(shipped(link), orderOf(), contact, shop);
  expect(content.button).toBeUndefined();
  expect(renderHtml(content)).not.toContain('<a ');
  expect(renderText(content)).toContain('CX0001');
});

test('line breaks in customer fields reach neither the subject nor a line of their own', () => {
  const order = orderOf({ externalId: 'W-1\r\nBcc: all@example.com' });
  const content = contentOf(confirmed, order, { ...contact, name: 'Ana\r\nBcc: x\u2028\u202eevil' }, shop);
  expect(content.subject).toBe('Your order W-1 Bcc: all@example.com is confirmed');
  expect(content.greeting).toBe('Hello Ana Bcc: x evil,');
});

test('canceled units are not announced as following, the confirmed order stays as it was confirmed, an erased address is not missed', () => {
  const order = orderOf();
  const lines = order.lines.map((line, index) => (index === 1 ? { ...line, positions: { CANCELED: 1 } } : line));
  const { address: _erased, ...delivery } = order.delivery;
  const content = contentOf(shipped(), { ...order, lines, delivery }, contact, shop);
  expect(content.paragraphs).toHaveLength(1);
  expect(content.address).toBeUndefined();
  expect(contentOf(confirmed, { ...order, lines }, contact, shop).items).toHaveLength(2);
});

test.each([
  ['orders@acme.example', 'acme.example'],
  ['Acme Store <orders@acme.example>', 'Acme Store'],
  ['"Acme, Inc." <orders@acme.example>', 'Acme, Inc.'],
  ['<orders@acme.example>', 'acme.example'],
])('mails from %s are from %s', (sender, name) => {
  expect(shopNameOf(sender)).toBe(name);
});
