import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { catalog } from '../../../shared/events/catalog.ts';
import { Envelope, publishedData, publishedTypes } from '../../../shared/events/envelope.ts';
import { envelopeFromRow, partitionOf } from '../../../shared/events/event-rows.ts';
import { catalogPage } from '../../../shared/events/write-catalog.ts';

/** Names of fields in a value or a schema, at any depth. */
function fieldNames(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(fieldNames);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, below]) => [name, ...fieldNames(below)]);
}

const personal =
  /^(e?mail|phone|contact|address|line1|line2|city|region|postalCode|postcode|zip|.*name|.*token|secret|card|pan|cvc)$/i;

describe('event catalog', () => {
  const entries = catalog();

  test('every published type has its entry', () => {
    expect(entries.map(({ name }) => name).sort()).toEqual([...publishedTypes].sort());
  });

  test('docs/events.md is what the catalog says', () => {
    expect(readFileSync('docs/events.md', 'utf8')).toBe(catalogPage(entries));
  });

  describe.each(entries)('$name', ({ name, description, emittedBy, sample, schema }) => {
    test('says what it is and who causes it', () => {
      expect(description.length).toBeGreaterThan(10);
      expect(emittedBy).not.toBe('');
    });

    test('the sample parses and goes through the publisher unchanged', () => {
      expect(publishedData[name].parse(sample)).toEqual(sample);
      const row = {
        pk: `${partitionOf(name)}ord_01JGY8Q5N3W0R7T2K4M6P8S9VX`,
        sk: 'EVENT#0000000001',
        id: 'evt_1',
        type: name,
        sequence: 1,
        at: '2026-01-05T09:00:00.000Z',
        correlationId: 'c',
        causationId: 'd',
        data: JSON.stringify(sample),
      };
      expect(Envelope.parse(envelopeFromRow(row, { tenantId: 'acme' })).data).toEqual(sample);
    });

    test('a field that a later version adds is accepted', () => {
      expect(publishedData[name].parse({ ...sample, addedLater: 1 })).toHaveProperty('addedLater', 1);
      expect(JSON.stringify(schema)).not.toContain('"additionalProperties":false');
    });

    test('neither the sample nor the schema holds a contact, an address or a token', () => {
      expect([...fieldNames(sample), ...fieldNames(schema)].filter((field) => personal.test(field))).toEqual([]);
    });
  });

  test('the check for personal fields does find them', () => {
    const found = fieldNames({ a: [{ contact: { email: '', name: '' }, token: '' }] }).filter((one) =>
      personal.test(one),
    );
    expect(found).toEqual(['contact', 'email', 'name', 'token']);
  });
});
