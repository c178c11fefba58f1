import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import * as fc from 'fast-check';

/** Names and values of one request, as its expressions come to need them. */
export class Placeholders {
  readonly names: Record<string, string> = {};
  readonly values: Record<string, AttributeValue> = {};

  name(name: string): string {
    const reference = `#n${Object.keys(this.names).length}`;
    this.names[reference] = name;
    return reference;
  }

  value(value: AttributeValue): string {
    const reference = `:v${Object.keys(this.values).length}`;
    this.values[reference] = value;
    return reference;
  }
}

/** A part of an expression, written when the request is put together. */
export type Written = (placeholders: Placeholders) => string;

// What dynalite can not compare (empty strings, false, bytes that are no text, UTF-16 out of order) is left to the examples of the known differences.
const strings = fc.constantFrom('a', 'ab', 'abc', 'b', 'B', 'ä', '😀', 'z'.repeat(20));
export const numbers = fc.constantFrom(
  ...[
    '0',
    '-0',
    '1',
    '-1',
    '2',
    '10',
    '1.50',
    '-1.5',
    '1e2',
    '0.001',
    '12345678901234567890.5',
    '-1e-7',
    '9007199254740993',
    '1e100',
  ],
);
const bytes = fc.constantFrom([97], [97, 98], [98], [98, 99, 100]).map((each) => Uint8Array.from(each));
const wrongNumbers = fc.constantFrom(
  '',
  'a',
  '1e126',
  '1e-131',
  '1'.repeat(39),
  '1.',
  '.5',
  '+1',
  ' 1',
  '0x1',
  'Infinity',
);

const scalar: fc.Arbitrary<AttributeValue> = fc.oneof(
  { weight: 4, arbitrary: strings.map((S) => ({ S })) },
  { weight: 4, arbitrary: numbers.map((N) => ({ N })) },
  { weight: 1, arbitrary: bytes.map((B) => ({ B })) },
  { weight: 1, arbitrary: fc.constant({ BOOL: true }) },
  { weight: 1, arbitrary: fc.constant({ NULL: true }) },
);

const sets: fc.Arbitrary<AttributeValue> = fc.oneof(
  fc.uniqueArray(strings, { minLength: 1, maxLength: 3 }).map((SS) => ({ SS })),
  fc.uniqueArray(numbers, { minLength: 1, maxLength: 3, selector: Number }).map((NS) => ({ NS })),
  fc.uniqueArray(bytes, { minLength: 1, maxLength: 3, selector: String }).map((BS) => ({ BS })),
);

const wrong: fc.Arbitrary<AttributeValue> = fc.oneof(
  wrongNumbers.map((N) => ({ N })),
  wrongNumbers.map((N) => ({ NS: ['1', N] })),
  fc.constantFrom<AttributeValue>({ SS: [] }, { NS: [] }, { BS: [] }, { SS: ['a', 'a'] }, { NS: ['1', '1.0'] }),
  fc.constantFrom<AttributeValue>({ NULL: false }, { BS: [Uint8Array.of(1), Uint8Array.of(1)] }, { L: [{ N: 'x' }] }),
);

const { value: wellFormed } = fc.letrec<{ value: AttributeValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 2 },
    { weight: 6, arbitrary: scalar },
    { weight: 2, arbitrary: sets },
    { weight: 1, arbitrary: fc.array(tie('value'), { maxLength: 3 }).map((L) => ({ L })) },
    {
      weight: 2,
      arbitrary: fc
        .dictionary(fc.constantFrom('x', 'y', 'l'), tie('value'), { maxKeys: 3 })
        .map((M): AttributeValue => ({ M })),
    },
  ),
}));

export const value = fc.oneof({ weight: 60, arbitrary: wellFormed }, { weight: 1, arbitrary: wrong });

/** Attributes that items have: scalars, a map and a list that hold others, sets, and the keys of indexes. */
export const ATTRIBUTES = ['a', 'b', 'm', 'l', 's', 'g', 'h'];

const step = fc.constantFrom('.x', '.y', '.l', '[0]', '[1]', '[5]');

const steps: fc.Arbitrary<string[]> = fc.oneof(
  { weight: 2, arbitrary: fc.constant<string[]>([]) },
  { weight: 1, arbitrary: fc.array(step, { maxLength: 2 }) },
);

/** `a`, `m.x`, `#n0.l[1]`; now and then a key, a reserved word or a name that can not stand by itself. */
export const path: fc.Arbitrary<Written> = fc
  .record({
    head: fc.oneof(
      { weight: 30, arbitrary: fc.constantFrom(...ATTRIBUTES) },
      { weight: 1, arbitrary: fc.constantFrom('pk', 'sk', 'status', 'none', '9a') },
    ),
    steps,
    hidden: fc.boolean(),
  })
  .map(({ head, steps, hidden }) => (placeholders) => {
    const rest = steps.map((text) => (hidden && text.startsWith('.') ? `.${placeholders.name(text.slice(1))}` : text));
    return (hidden ? placeholders.name(head) : head) + rest.join('');
  });

const literal: fc.Arbitrary<Written> = value.map((each) => (placeholders) => placeholders.value(each));
const size: fc.Arbitrary<Written> = path.map((of) => (placeholders) => `size(${of(placeholders)})`);
const number: fc.Arbitrary<Written> = numbers.map((N) => (placeholders) => placeholders.value({ N }));

const comparableValue: fc.Arbitrary<Written> = fc
  .oneof({ weight: 6, arbitrary: scalar }, { weight: 1, arbitrary: sets })
  .map((each) => (placeholders) => placeholders.value(each));
const textual: fc.Arbitrary<Written> = fc
  .oneof(
    strings.map((S) => ({ S })),
    numbers.map((N) => ({ N })),
    bytes.map((B) => ({ B })),
  )
  .map((each) => (placeholders) => placeholders.value(each));

const operand = fc.oneof(
  { weight: 6, arbitrary: path },
  { weight: 1, arbitrary: comparableValue },
  { weight: 1, arbitrary: size },
);

const typeName = fc.constantFrom('S', 'N', 'B', 'BOOL', 'NULL', 'SS', 'NS', 'BS', 'L', 'M', 'X');

function called(name: string, ...args: fc.Arbitrary<Written>[]): fc.Arbitrary<Written> {
  return fc
    .tuple(...args)
    .map((written) => (placeholders) => `${name}(${written.map((each) => each(placeholders)).join(', ')})`);
}

function compared(
  left: fc.Arbitrary<Written>,
  operator: fc.Arbitrary<string>,
  right: fc.Arbitrary<Written>,
): fc.Arbitrary<Written> {
  return fc.tuple(left, operator, right).map(
    ([a, between, b]) =>
      (placeholders) =>
        `${a(placeholders)} ${between} ${b(placeholders)}`,
  );
}

const operator = fc.constantFrom('=', '<>', '<', '<=', '>', '>=');
const indexKeys = fc.constantFrom('g', 'h').map(
  (name): Written =>
    () =>
      name,
);

const simple: fc.Arbitrary<Written> = fc.oneof(
  compared(operand, operator, comparableValue),
  compared(comparableValue, operator, path),
  compared(size, operator, number),
  // Dynalite takes two that are missing for equal.
  compared(indexKeys, fc.constantFrom('=', '<>'), indexKeys).map(
    (both): Written =>
      (placeholders) =>
        `(attribute_exists(g) AND attribute_exists(h) AND ${both(placeholders)})`,
  ),
  fc.tuple(operand, textual, comparableValue).map(
    ([of, low, high]): Written =>
      (placeholders) =>
        `${of(placeholders)} BETWEEN ${low(placeholders)} AND ${high(placeholders)}`,
  ),
  fc.tuple(operand, numbers, numbers).map(
    ([of, low, high]): Written =>
      (placeholders) =>
        `${of(placeholders)} BETWEEN ${placeholders.value({ N: low })} AND ${placeholders.value({ N: high })}`,
  ),
  // Choices are values: dynalite ends its process over one that is missing in the item.
  fc.tuple(operand, fc.array(comparableValue, { minLength: 1, maxLength: 3 })).map(
    ([of, choices]): Written =>
      (placeholders) =>
        `${of(placeholders)} IN (${choices.map((each) => each(placeholders)).join(', ')})`,
  ),
  called('attribute_exists', path),
  called('attribute_not_exists', path),
  called(
    'attribute_type',
    path,
    typeName.map((S) => (placeholders) => placeholders.value({ S })),
  ),
  called('begins_with', path, textual),
  called('contains', path, textual),
  called('contains', comparableValue, textual),
);

export const { condition } = fc.letrec<{ condition: Written }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3 },
    { weight: 6, arbitrary: simple },
    {
      weight: 1,
      arbitrary: fc.tuple(tie('condition'), fc.constantFrom('AND', 'OR', 'and'), tie('condition')).map(
        ([left, joined, right]): Written =>
          (placeholders) =>
            `${left(placeholders)} ${joined} ${right(placeholders)}`,
      ),
    },
    {
      weight: 1,
      arbitrary: tie('condition').map(
        (inner): Written =>
          (placeholders) =>
            `NOT ${inner(placeholders)}`,
      ),
    },
    {
      weight: 1,
      arbitrary: tie('condition').map(
        (inner): Written =>
          (placeholders) =>
            `(${inner(placeholders)})`,
      ),
    },
  ),
}));

export const projection: fc.Arbitrary<Written> = fc
  .array(path, { minLength: 1, maxLength: 3 })
  .map((paths) => (placeholders) => paths.map((each) => each(placeholders)).join(', '));

const plain = fc.oneof(path, literal);
const setValue: fc.Arbitrary<Written> = fc.oneof(
  { weight: 3, arbitrary: plain },
  { weight: 2, arbitrary: called('if_not_exists', path, plain) },
  { weight: 1, arbitrary: called('list_append', plain, plain) },
  {
    weight: 1,
    arbitrary: called(
      'list_append',
      called(
        'if_not_exists',
        path,
        fc.constant<Written>((placeholders) => placeholders.value({ L: [] })),
      ),
      fc.array(value, { maxLength: 2 }).map((L) => (placeholders) => placeholders.value({ L })),
    ),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(
        fc.oneof(path, number, called('if_not_exists', path, number)),
        fc.constantFrom('+', '-'),
        fc.oneof(path, number),
      )
      .map(
        ([left, sign, right]): Written =>
          (placeholders) =>
            `${left(placeholders)} ${sign} ${right(placeholders)}`,
      ),
  },
);

const set = fc.tuple(path, setValue).map(
  ([to, from]): Written =>
    (placeholders) =>
      `${to(placeholders)} = ${from(placeholders)}`,
);
const withValue = fc
  .tuple(path, fc.oneof({ weight: 3, arbitrary: sets }, { weight: 2, arbitrary: numbers.map((N) => ({ N })) }, value))
  .map(
    ([to, given]): Written =>
      (placeholders) =>
        `${to(placeholders)} ${placeholders.value(given)}`,
  );

function section(keyword: string, action: fc.Arbitrary<Written>): fc.Arbitrary<Written> {
  return fc
    .array(action, { minLength: 1, maxLength: 2 })
    .map((actions) => (placeholders) => `${keyword} ${actions.map((each) => each(placeholders)).join(', ')}`);
}

export const update: fc.Arbitrary<Written> = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: section('SET', set) },
      { weight: 1, arbitrary: section('REMOVE', path) },
      { weight: 1, arbitrary: section('ADD', withValue) },
      { weight: 1, arbitrary: section('DELETE', withValue) },
    ),
    { minLength: 1, maxLength: 2 },
  )
  .map((sections) => (placeholders) => sections.map((each) => each(placeholders)).join(' '));

/** What the rare mistake of a caller does to an expression or its placeholders. */
export const mistake = fc.oneof(
  { weight: 40, arbitrary: fc.constant<Mistake>('none') },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Mistake>('unused value', 'unused name', 'missing value', 'cut off', 'empty'),
  },
);
export type Mistake = 'none' | 'unused value' | 'unused name' | 'missing value' | 'cut off' | 'empty';
