import fc from 'fast-check';
import { expect, test } from 'vitest';
import { wireText, withReadyList } from '../../../../local/kernel/ready-text.ts';

test('an answer with a list that is text already reads as any other, here and on the wire', () => {
  const rest = fc.dictionary(fc.string(), fc.jsonValue()).filter((object) => !Object.hasOwn(object, 'Items'));
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), rest, (items, more) => {
      const texts = items.map((item) => JSON.stringify(item));
      const ready = withReadyList('Items', texts, more);
      const plain: unknown = JSON.parse(JSON.stringify({ Items: items, ...more }));
      expect(JSON.parse(wireText(ready))).toEqual(plain);
      expect(JSON.parse(JSON.stringify(ready))).toEqual(plain);
    }),
  );
});

test('every other answer is its JSON; none is an empty object', () => {
  expect(wireText({ Count: 1, Items: undefined })).toBe('{"Count":1}');
  expect(wireText(undefined)).toBe('{}');
});
