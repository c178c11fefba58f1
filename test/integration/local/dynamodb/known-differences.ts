import type { Outcome, Request } from './differential-world.ts';

/** Where we and dynalite differ, and why that is right. */
export interface KnownDifference {
  name: string;
  /** Who says so. */
  reason: string;
  applies(request: Request, ours: Outcome, theirs: Outcome): boolean;
  /** Requests on the first schema's table, the last of which shows the difference: an entry that nothing needs any more fails. */
  example: Request[];
}

/** Both refuse the request: ours, then dynalite's words. */
function messages(ours: Outcome, theirs: Outcome): [string, string] {
  return [ours.error?.message ?? '', theirs.error?.message ?? ''];
}

function without(member: string, outcome: Outcome): string {
  const drop = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value), (name, each: unknown) => (name === member ? undefined : each));
  return JSON.stringify(drop(outcome));
}

const KINDS_OF_MISTAKES = [
  /datatypes|numeric value|Number (over|under)flow|38 significant|(may|should) not be empty|Input collection|Null attribute/,
  /^ReturnValues can only/,
  /^The (Segment|TotalSegments) parameter/,
  /^Invalid \w+Expression|unused in expressions|can only be specified when|Expression must|must not be empty$/,
  /does not match the schema$|Missing the key|Type mismatch for key|for a key attribute cannot/,
  /^Key attributes must be scalars/,
  /Select type|does not project|does not have the specified index/,
  /Index Key|IndexKey|secondary index key/,
  /Cannot update attribute/,
  /^Provided list of item keys contains duplicates/,
  /^Filter Expression can only contain/,
  /^An operand in the update expression/,
  /^The provided expression refers to an attribute/,
];

function kindOfMistake(message: string): number | undefined {
  const bare = message.replace(PREFIX, '');
  const kind = KINDS_OF_MISTAKES.findIndex((pattern) => pattern.test(bare));
  return kind < 0 ? undefined : kind;
}

const WRITES = ['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem'];
const SINGLE_WRITES = WRITES.slice(0, 3);
const READS = ['Query', 'Scan'];
const PREFIX = '1 validation error detected: ';

const key = { pk: { S: 'a' }, sk: { S: 'a' } };
const put = (Item: Record<string, unknown>): Request => ({
  operation: 'PutItem',
  input: { Item: { ...key, ...Item } },
});
const scan = (input: Record<string, unknown>): Request => ({ operation: 'Scan', input });

/** An item, and a condition on it that holds on AWS. */
function holds(item: Record<string, unknown>, FilterExpression: string, values?: Record<string, unknown>): Request[] {
  return [put(item), scan({ FilterExpression, ...(values ? { ExpressionAttributeValues: values } : {}) })];
}

const never = () => false;

export const knownDifferences: KnownDifference[] = [
  {
    name: 'the words of single writes',
    reason:
      'AWS has changed them since dynalite was written: moto has tests of the newer ones that are verified on AWS',
    applies({ operation }, ours, theirs) {
      const [our, their] = messages(ours, theirs);
      const value = /^ExpressionAttributeValues contains invalid value: (.*) for key \S+$/s.exec(their)?.[1];
      return SINGLE_WRITES.includes(operation) && our === PREFIX + (value ?? their);
    },
    example: [put({ s: { SS: [] } })],
  },
  {
    name: 'the words for an empty key',
    reason: 'the same: "are not valid." where it was "were invalid:"',
    applies(_request, ours, theirs) {
      const [our, their] = messages(ours, theirs);
      return (
        our.includes('are not valid. The AttributeValue for a key') &&
        our === their.replace('were invalid:', 'are not valid.')
      );
    },
    example: [{ operation: 'GetItem', input: { Key: { ...key, sk: { S: '' } } } }],
  },
  {
    name: 'what Select does not go with',
    reason: 'the same; and dynalite does not look at Select without expressions or in a scan',
    applies({ operation }, ours) {
      const message = ours.error?.message ?? '';
      return (
        READS.includes(operation) &&
        /^1 validation error detected: (Must specify|Cannot specify|ALL_PROJECTED)/.test(message)
      );
    },
    example: [scan({ Select: 'SPECIFIC_ATTRIBUTES' })],
  },
  {
    name: 'the operands of a BETWEEN',
    reason: 'AWS refuses a bound without an order before it compares the two: verified by moto on AWS',
    applies(_request, ours, theirs) {
      const [our, their] = messages(ours, theirs);
      return (
        our.includes('operator or function: BETWEEN, operand type: ') && their.includes('The BETWEEN operator requires')
      );
    },
    example: [
      scan({
        FilterExpression: 'a BETWEEN :a AND :b',
        ExpressionAttributeValues: { ':a': { NULL: true }, ':b': { N: '1' } },
      }),
    ],
  },
  {
    name: 'a segment above the last',
    reason: 'AWS names no numbers: verified by moto on AWS',
    applies(_request, ours, theirs) {
      const [our, their] = messages(ours, theirs);
      return our.startsWith('The Segment parameter is zero-based') && their.startsWith(`${our}: Segment: `);
    },
    example: [scan({ Segment: 1, TotalSegments: 1 })],
  },
  {
    name: 'segment 0 of nothing',
    reason:
      'dynalite takes 0 for absent; API reference of Scan: "If you provide Segment, you must also provide TotalSegments"',
    applies: ({ input }, ours) =>
      input.Segment === 0 && (ours.error?.message.startsWith('The TotalSegments parameter is required') ?? false),
    example: [scan({ Segment: 0 })],
  },
  {
    name: 'consistent scans of a global index',
    reason:
      'API reference of Scan: "If you scan a global secondary index with ConsistentRead set to true, you will receive a ValidationException"',
    applies: ({ operation }, ours) =>
      operation === 'Scan' && ours.error?.message === 'Consistent reads are not supported on global secondary indexes',
    example: [scan({ IndexName: 'all', ConsistentRead: true })],
  },
  {
    name: 'write units of indexes',
    reason:
      'dynalite counts those of the table only; developer guide, "Provisioned throughput considerations for Global Secondary Indexes"',
    applies: ({ operation }, ours, theirs) =>
      WRITES.includes(operation) && without('ConsumedCapacity', ours) === without('ConsumedCapacity', theirs),
    example: [
      { ...put({ g: { S: 'a' } }), input: { ...put({ g: { S: 'a' } }).input, ReturnConsumedCapacity: 'TOTAL' } },
    ],
  },
  {
    name: 'a read of nothing',
    reason:
      'dynalite rounds up from 0; developer guide, "DynamoDB read and write operations": the least a read consumes is that of 4 KB',
    applies: ({ operation }, ours, theirs) =>
      READS.includes(operation) &&
      without('ConsumedCapacity', ours) === without('ConsumedCapacity', theirs) &&
      /"CapacityUnits":0[,}]/.test(JSON.stringify(theirs)),
    example: [scan({ ReturnConsumedCapacity: 'TOTAL' })],
  },
  {
    name: 'the item of a failed condition',
    reason: 'ReturnValuesOnConditionCheckFailure is younger than dynalite',
    applies: ({ input }, ours, theirs) =>
      input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' &&
      ours.error?.name === 'ConditionalCheckFailedException' &&
      without('item', ours) === without('item', theirs),
    example: [
      put({}),
      {
        operation: 'DeleteItem',
        input: { Key: key, ConditionExpression: 'attribute_exists(a)', ReturnValuesOnConditionCheckFailure: 'ALL_OLD' },
      },
    ],
  },
  {
    name: 'a key attribute as a map or list in a condition',
    reason: 'dynalite looks at projections, filters and updates only; we refuse it everywhere, in the same words',
    applies: ({ operation, input }, ours) =>
      SINGLE_WRITES.includes(operation) &&
      input.ConditionExpression !== undefined &&
      (ours.error?.message.startsWith('Key attributes must be scalars') ?? false),
    example: [{ operation: 'DeleteItem', input: { Key: key, ConditionExpression: 'attribute_not_exists(g[0])' } }],
  },
  {
    name: 'what a global index does not project',
    reason:
      'dynalite leaves it out; developer guide: queries of a global index can not fetch attributes from the table',
    applies: ({ operation }, ours) =>
      READS.includes(operation) && / Global secondary index \w+ does not project \[/.test(ours.error?.message ?? ''),
    example: [scan({ IndexName: 'keys', ProjectionExpression: 'a' })],
  },
  {
    name: 'an empty key of an index',
    reason: 'empty strings are younger than dynalite; moto has it verified on AWS',
    applies: ({ operation }, ours) =>
      WRITES.includes(operation) &&
      / key (is not supported|to a value that is not supported)/.test(ours.error?.message ?? ''),
    example: [put({ g: { S: '' } })],
  },
  {
    name: 'a plus before a number',
    reason: 'dynalite refuses it; AWS reads numbers as Java does',
    applies: ({ input }, _ours, theirs) =>
      JSON.stringify(input).includes('"+1"') && theirs.error?.message.includes('numeric value: +1') === true,
    example: [put({ a: { N: '+1' } })],
  },
  {
    name: 'the return values of a delete',
    reason:
      'dynalite ignores them; API reference: "DeleteItem does not recognize any values other than NONE or ALL_OLD"',
    applies: ({ operation }, ours) =>
      operation === 'DeleteItem' && ours.error?.message === 'ReturnValues can only be ALL_OLD or NONE',
    example: [{ operation: 'DeleteItem', input: { Key: key, ReturnValues: 'ALL_NEW' } }],
  },
  {
    name: 'no attributes to return',
    reason:
      'dynalite returns an empty map; API reference of UpdateItem: "Attributes" holds the attributes that there are',
    applies: ({ operation, input }, ours, theirs) =>
      operation === 'UpdateItem' &&
      String(input.ReturnValues).startsWith('UPDATED_') &&
      Object.keys(theirs.answer?.Attributes ?? { some: 1 }).length === 0 &&
      without('ConsumedCapacity', ours) === without('Attributes', JSON.parse(without('ConsumedCapacity', theirs))),
    example: [{ operation: 'UpdateItem', input: { Key: key, ReturnValues: 'UPDATED_NEW' } }],
  },
  {
    name: 'an empty value for the key of a query',
    reason: 'empty strings are younger than dynalite',
    applies: ({ operation }, ours) =>
      operation === 'Query' && (ours.error?.message.includes('for a key attribute cannot contain an empty') ?? false),
    example: [
      {
        operation: 'Query',
        input: { KeyConditionExpression: 'pk = :p', ExpressionAttributeValues: { ':p': { S: '' } } },
      },
    ],
  },
  {
    name: 'what a consistent scan costs',
    reason: 'consistent scans are younger than dynalite',
    applies: ({ operation, input }, ours, theirs) =>
      operation === 'Scan' &&
      input.ConsistentRead === true &&
      without('ConsumedCapacity', ours) === without('ConsumedCapacity', theirs),
    example: [put({}), scan({ ConsistentRead: true, ReturnConsumedCapacity: 'TOTAL' })],
  },
  {
    name: 'what a local index does not project',
    reason: 'dynalite leaves it out; developer guide, "Local secondary indexes": it is fetched from the table',
    applies: ({ operation, input }, ours, theirs) =>
      READS.includes(operation) &&
      input.IndexName === 'localKeys' &&
      input.ProjectionExpression !== undefined &&
      ours.answer?.Count === theirs.answer?.Count,
    example: [put({ g: { S: 'a' }, a: { S: 'a' } }), scan({ IndexName: 'localKeys', ProjectionExpression: 'a' })],
  },
  {
    name: 'a sum of more than 38 digits',
    reason: 'dynalite keeps all digits; API reference: numbers have up to 38 digits of precision, more is an error',
    applies: ({ operation }, ours) =>
      operation === 'UpdateItem' && (ours.error?.message.includes('more than 38 significant digits') ?? false),
    example: [
      {
        operation: 'UpdateItem',
        input: {
          Key: key,
          UpdateExpression: 'SET a = :a + :b',
          ExpressionAttributeValues: { ':a': { N: '1e100' }, ':b': { N: '1' } },
        },
      },
    ],
  },
  {
    name: 'what fetching for a local index costs',
    reason:
      'dynalite rounds the sum; developer guide, "Local secondary indexes": every item that is fetched is rounded up',
    applies: ({ operation, input }, ours, theirs) =>
      READS.includes(operation) &&
      input.IndexName === 'localKeys' &&
      without('ConsumedCapacity', ours) === without('ConsumedCapacity', theirs),
    example: [
      put({ g: { S: 'a' } }),
      put({ g: { S: 'b' }, sk: { S: 'b' } }),
      {
        operation: 'Query',
        input: {
          IndexName: 'localKeys',
          Select: 'ALL_ATTRIBUTES',
          KeyConditionExpression: 'pk = :p',
          ExpressionAttributeValues: { ':p': key.pk },
          ReturnConsumedCapacity: 'TOTAL',
        },
      },
    ],
  },
  {
    name: 'which of two mistakes is told',
    reason: 'in which order AWS looks for mistakes of different kinds is not documented',
    applies(_request, ours, theirs) {
      const [our, their] = messages(ours, theirs).map(kindOfMistake);
      return our !== undefined && their !== undefined && our !== their;
    },
    example: [{ operation: 'PutItem', input: { Item: { ...key, a: { NULL: false } }, ReturnValues: 'ALL_NEW' } }],
  },
  {
    name: 'several mistakes in one request',
    reason: 'AWS and dynalite list all broken constraints, we name the first',
    applies: (_request, ours, theirs) =>
      ours.error?.name === theirs.error?.name &&
      /^[2-9] validation errors detected: /.test(theirs.error?.message ?? ''),
    example: [scan({ Limit: 0, Select: 'ALL' })],
  },
  // What follows is left out of the random requests, because dynalite's answer to it depends on more than the request.
  {
    name: 'lists and maps are equal to those with the same members',
    reason:
      'dynalite compares them by identity; developer guide, "Condition and filter expressions": = is true for lists and maps that are equal',
    applies: never,
    example: holds({ m: { M: { x: { N: '1' } } } }, 'm = :m', { ':m': { M: { x: { N: '1' } } } }),
  },
  {
    name: 'an empty string has a size',
    reason: 'empty strings are younger than dynalite',
    applies: never,
    example: holds({ a: { S: '' } }, 'size(a) = :zero', { ':zero': { N: '0' } }),
  },
  {
    name: 'an empty string and false are values',
    reason: 'dynalite takes them for missing',
    applies: never,
    example: holds({ a: { BOOL: false } }, 'attribute_type(a, :type) AND a IN (:false)', {
      ':type': { S: 'BOOL' },
      ':false': { BOOL: false },
    }),
  },
  {
    name: 'two missing attributes are not equal',
    reason:
      'dynalite compares nothing with nothing; developer guide: a comparison with an attribute that is missing is false',
    applies: never,
    example: [put({}), scan({ FilterExpression: 'a = b' })],
  },
  {
    name: 'strings are ordered by their bytes in UTF-8',
    reason:
      'dynalite orders them by UTF-16; API reference of Query: "the results are returned in order of UTF-8 bytes"',
    applies: never,
    example: holds({ a: { S: '😀' } }, 'a > :b', { ':b': { S: '\uffee' } }),
  },
  {
    name: 'bytes are compared as bytes',
    reason: 'dynalite reads them as UTF-8, in which different bytes become the same replacement character',
    applies: never,
    example: holds({ a: { B: Uint8Array.of(0xfe) } }, 'NOT begins_with(a, :b)', { ':b': { B: Uint8Array.of(0xff) } }),
  },
];
