import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import * as fc from 'fast-check';
import {
  ATTRIBUTES,
  condition,
  type Mistake,
  mistake,
  Placeholders,
  projection,
  update,
  value,
  type Written,
} from './differential-expressions.ts';
import type { Request } from './differential-world.ts';

type KeyType = 'S' | 'N' | 'B';

/** One of the tables that sequences of requests are run on. */
export interface Schema {
  hash: KeyType;
  range?: KeyType;
}

export const SCHEMAS: Schema[] = [{ hash: 'S', range: 'S' }, { hash: 'N' }, { hash: 'B', range: 'N' }];

const projected = (ProjectionType: string, ...NonKeyAttributes: string[]) => ({
  ProjectionType,
  ...(NonKeyAttributes.length > 0 ? { NonKeyAttributes } : {}),
});

const keys = (hash: string, range?: string) => [
  { AttributeName: hash, KeyType: 'HASH' },
  ...(range ? [{ AttributeName: range, KeyType: 'RANGE' }] : []),
];

/** CreateTable with a sparse index of each kind, and local ones where the table has a range key. */
export function tableInput(TableName: string, { hash, range }: Schema) {
  const types: Record<string, KeyType> = { pk: hash, ...(range ? { sk: range } : {}), g: 'S', h: 'N' };
  return {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: Object.entries(types).map(([AttributeName, AttributeType]) => ({
      AttributeName,
      AttributeType,
    })),
    KeySchema: keys('pk', range && 'sk'),
    GlobalSecondaryIndexes: [
      { IndexName: 'all', KeySchema: keys('g', 'h'), Projection: projected('ALL') },
      { IndexName: 'keys', KeySchema: keys('g'), Projection: projected('KEYS_ONLY') },
      { IndexName: 'some', KeySchema: keys('h', 'g'), Projection: projected('INCLUDE', 'a', 'm') },
    ],
    ...(range
      ? {
          LocalSecondaryIndexes: [
            { IndexName: 'localKeys', KeySchema: keys('pk', 'g'), Projection: projected('KEYS_ONLY') },
            { IndexName: 'localAll', KeySchema: keys('pk', 'h'), Projection: projected('ALL') },
          ],
        }
      : {}),
  };
}

const KEY_VALUES: Record<KeyType, AttributeValue[]> = {
  S: [{ S: 'a' }, { S: 'ab' }, { S: 'b' }, { S: 'ä' }],
  N: [{ N: '1' }, { N: '-1' }, { N: '1.5' }, { N: '10' }],
  B: [{ B: Uint8Array.of(0) }, { B: Uint8Array.of(0, 255) }, { B: Uint8Array.of(97) }],
};

const WRONG_KEY_VALUES: AttributeValue[] = [
  { S: '' },
  { NULL: true },
  { N: '1' },
  { S: '1' },
  { SS: ['a'] },
  { B: Uint8Array.of() },
];

function keyValue(type: KeyType): fc.Arbitrary<AttributeValue> {
  return fc.oneof(
    { weight: 60, arbitrary: fc.constantFrom(...KEY_VALUES[type]) },
    { weight: 1, arbitrary: fc.constantFrom(...WRONG_KEY_VALUES) },
  );
}

type Item = Record<string, AttributeValue>;

function keyOf({ hash, range }: Schema): fc.Arbitrary<Item> {
  const whole: fc.Arbitrary<Item> = range
    ? fc.tuple(keyValue(hash), keyValue(range)).map(([pk, sk]) => ({ pk, sk }))
    : keyValue(hash).map((pk) => ({ pk }));
  const part: fc.Arbitrary<Item> = fc.constantFrom<Item>(
    {},
    { pk: { S: 'a' } },
    { sk: { S: 'a' } },
    { pk: { N: '1' }, other: { N: '1' } },
  );
  return fc.oneof({ weight: 80, arbitrary: whole }, { weight: 1, arbitrary: part });
}

const indexed: fc.Arbitrary<Item> = fc.record(
  {
    g: fc.oneof({ weight: 30, arbitrary: keyValue('S') }, { weight: 1, arbitrary: value }),
    h: fc.oneof({ weight: 30, arbitrary: keyValue('N') }, { weight: 1, arbitrary: value }),
  },
  { requiredKeys: [] },
);

function itemOf(schema: Schema): fc.Arbitrary<Item> {
  const rest = fc.dictionary(fc.constantFrom(...ATTRIBUTES.filter((name) => name !== 'g' && name !== 'h')), value, {
    maxKeys: 5,
  });
  return fc.tuple(keyOf(schema), rest, indexed).map(([key, others, index]) => ({ ...others, ...index, ...key }));
}

type Expressions = Partial<
  Record<'UpdateExpression' | 'ConditionExpression' | 'FilterExpression' | 'ProjectionExpression', Written>
>;

/** Writes the expressions of a request with the names and values they need, and the caller's mistake. */
function withExpressions(
  input: Record<string, unknown>,
  expressions: Expressions,
  given: Mistake,
  fixed?: Placeholders,
) {
  const placeholders = fixed ?? new Placeholders();
  const texts: Record<string, string> = {};
  for (const [name, written] of Object.entries(expressions)) texts[name] = written(placeholders);
  const first = Object.keys(texts)[0];
  if (first !== undefined && given === 'cut off') texts[first] = texts[first]!.slice(0, -2);
  if (first !== undefined && given === 'empty') texts[first] = '';
  if (given === 'unused value') placeholders.value({ S: 'unused' });
  if (given === 'unused name') placeholders.name('unused');
  if (given === 'missing value') delete placeholders.values[':v0'];
  const { names, values } = placeholders;
  return {
    ...input,
    ...texts,
    ...(Object.keys(names).length > 0 ? { ExpressionAttributeNames: names } : {}),
    ...(Object.keys(values).length > 0 ? { ExpressionAttributeValues: values } : {}),
  };
}

const sometimes = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });

const defined = (members: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(members).filter(([, member]) => member !== undefined));

const returnValues = fc.constantFrom('NONE', 'ALL_OLD', 'ALL_NEW', 'UPDATED_OLD', 'UPDATED_NEW');
const returnValuesOfPut = fc.oneof({ weight: 20, arbitrary: fc.constantFrom('NONE', 'ALL_OLD') }, returnValues);
const capacity = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom('NONE', 'TOTAL', 'INDEXES') },
  { weight: 1, arbitrary: fc.constant('ALL') },
);

/** A request of one table, without its TableName. */
export function requestOf(schema: Schema): fc.Arbitrary<Request> {
  const writeOptions = {
    ConditionExpression: sometimes(condition),
    ReturnValuesOnConditionCheckFailure: sometimes(fc.constantFrom('ALL_OLD', 'NONE')),
    ReturnConsumedCapacity: sometimes(capacity),
    mistake,
  };
  const put = fc
    .record({ Item: itemOf(schema), ReturnValues: sometimes(returnValuesOfPut), ...writeOptions })
    .map(({ ConditionExpression, mistake, ...input }) =>
      made('PutItem', withExpressions(defined(input), writtenOf({ ConditionExpression }), mistake)),
    );
  const remove = fc
    .record({ Key: keyOf(schema), ReturnValues: sometimes(returnValuesOfPut), ...writeOptions })
    .map(({ ConditionExpression, mistake, ...input }) =>
      made('DeleteItem', withExpressions(defined(input), writtenOf({ ConditionExpression }), mistake)),
    );
  const change = fc
    .record({
      Key: keyOf(schema),
      ReturnValues: sometimes(returnValues),
      UpdateExpression: fc.option(update, { nil: undefined, freq: 20 }),
      ...writeOptions,
    })
    .map(({ ConditionExpression, UpdateExpression, mistake, ...input }) =>
      made(
        'UpdateItem',
        withExpressions(defined(input), writtenOf({ UpdateExpression, ConditionExpression }), mistake),
      ),
    );
  const get = fc
    .record({
      Key: keyOf(schema),
      ProjectionExpression: sometimes(projection),
      ConsistentRead: sometimes(fc.boolean()),
      ReturnConsumedCapacity: sometimes(capacity),
      mistake,
    })
    .map(({ ProjectionExpression, mistake, ...input }) =>
      made('GetItem', withExpressions(defined(input), writtenOf({ ProjectionExpression }), mistake)),
    );
  return fc.oneof(
    { weight: 6, arbitrary: put },
    { weight: 6, arbitrary: change },
    { weight: 2, arbitrary: remove },
    { weight: 2, arbitrary: get },
    { weight: 4, arbitrary: queryOf(schema) },
    { weight: 3, arbitrary: scanOf() },
    { weight: 1, arbitrary: batchGetOf(schema) },
    { weight: 1, arbitrary: batchWriteOf(schema) },
  );
}

const made = (operation: Request['operation'], input: Record<string, unknown>): Request => ({ operation, input });

function writtenOf(expressions: { [Name in keyof Expressions]: Written | undefined }): Expressions {
  return defined(expressions) as Expressions;
}

const reading = {
  FilterExpression: sometimes(condition),
  ProjectionExpression: sometimes(projection),
  Limit: sometimes(fc.oneof({ weight: 20, arbitrary: fc.integer({ min: 1, max: 4 }) }, fc.constant(0))),
  Select: fc.option(fc.constantFrom('ALL_ATTRIBUTES', 'ALL_PROJECTED_ATTRIBUTES', 'SPECIFIC_ATTRIBUTES', 'COUNT'), {
    nil: undefined,
    freq: 6,
  }),
  ConsistentRead: sometimes(fc.boolean()),
  ReturnConsumedCapacity: sometimes(capacity),
  mistake,
};

const INDEX_KEYS: Record<string, [string, string | undefined]> = {
  all: ['g', 'h'],
  keys: ['g', undefined],
  some: ['h', 'g'],
  localKeys: ['pk', 'g'],
  localAll: ['pk', 'h'],
};

const indexName = fc.oneof(
  { weight: 30, arbitrary: fc.constantFrom(...Object.keys(INDEX_KEYS)) },
  { weight: 1, arbitrary: fc.constant('nothing') },
);

function queryOf(schema: Schema): fc.Arbitrary<Request> {
  const types: Record<string, KeyType> = { pk: schema.hash, sk: schema.range ?? 'S', g: 'S', h: 'N' };
  return fc
    .record({ ...reading, IndexName: sometimes(indexName), ScanIndexForward: sometimes(fc.boolean()) })
    .chain(({ FilterExpression, ProjectionExpression, mistake, ...input }) => {
      const [hash, range] = INDEX_KEYS[input.IndexName ?? ''] ?? ['pk', schema.range && 'sk'];
      return keyConditionOf(hash, types[hash]!, range, types[range ?? hash]!).map((written) => {
        const placeholders = new Placeholders();
        const KeyConditionExpression = written(placeholders);
        const expressions = writtenOf({ FilterExpression, ProjectionExpression });
        return made(
          'Query',
          withExpressions(defined({ ...input, KeyConditionExpression }), expressions, mistake, placeholders),
        );
      });
    });
}

function keyConditionOf(
  hash: string,
  hashType: KeyType,
  range: string | undefined,
  rangeType: KeyType,
): fc.Arbitrary<Written> {
  const first = keyValue(hashType).map(
    (each): Written =>
      (placeholders) =>
        `${hash} = ${placeholders.value(each)}`,
  );
  const low = keyValue(rangeType);
  const second = fc.tuple(low, low, fc.constantFrom('=', '<', '<=', '>', '>=', 'BETWEEN', 'begins_with', '<>')).map(
    ([one, other, operator]): Written =>
      (placeholders) => {
        const left = placeholders.value(one);
        if (operator === 'begins_with') return `begins_with(${range}, ${left})`;
        if (operator === 'BETWEEN') return `${range} BETWEEN ${left} AND ${placeholders.value(other)}`;
        return `${range} ${operator} ${left}`;
      },
  );
  if (!range) return first;
  return fc.oneof(
    first,
    fc.tuple(first, second).map(
      ([a, b]): Written =>
        (placeholders) =>
          `${a(placeholders)} AND ${b(placeholders)}`,
    ),
  );
}

function scanOf(): fc.Arbitrary<Request> {
  const segment = fc.constantFrom([0, 1], [0, 2], [1, 2], [2, 2], [0, undefined], [undefined, 3]);
  return fc
    .record({ ...reading, IndexName: sometimes(indexName), segment: fc.option(segment, { nil: undefined, freq: 6 }) })
    .map(({ FilterExpression, ProjectionExpression, mistake, segment, ...input }) =>
      made(
        'Scan',
        withExpressions(
          defined({ ...input, Segment: segment?.[0], TotalSegments: segment?.[1] }),
          writtenOf({ FilterExpression, ProjectionExpression }),
          mistake,
        ),
      ),
    );
}

/** A batch request is written for its only table when that has a name. */
export const BATCH_TABLE = 'the table';

function batchGetOf(schema: Schema): fc.Arbitrary<Request> {
  return fc
    .record({
      Keys: fc.array(keyOf(schema), { minLength: 0, maxLength: 4 }),
      ProjectionExpression: sometimes(projection),
      ConsistentRead: sometimes(fc.boolean()),
      ReturnConsumedCapacity: sometimes(capacity),
      mistake,
    })
    .map(({ ProjectionExpression, mistake, ReturnConsumedCapacity, ...input }) =>
      made(
        'BatchGetItem',
        defined({
          RequestItems: {
            [BATCH_TABLE]: withExpressions(defined(input), writtenOf({ ProjectionExpression }), mistake),
          },
          ReturnConsumedCapacity,
        }),
      ),
    );
}

function batchWriteOf(schema: Schema): fc.Arbitrary<Request> {
  const write = fc.oneof(
    { weight: 20, arbitrary: itemOf(schema).map((Item) => ({ PutRequest: { Item } })) },
    { weight: 10, arbitrary: keyOf(schema).map((Key) => ({ DeleteRequest: { Key } })) },
    { weight: 1, arbitrary: fc.constant({}) },
  );
  return fc
    .record({ writes: fc.array(write, { minLength: 0, maxLength: 4 }), ReturnConsumedCapacity: sometimes(capacity) })
    .map(({ writes, ReturnConsumedCapacity }) =>
      made('BatchWriteItem', defined({ RequestItems: { [BATCH_TABLE]: writes }, ReturnConsumedCapacity })),
    );
}
