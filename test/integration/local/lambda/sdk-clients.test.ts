import * as dynamodb from '@aws-sdk/client-dynamodb';
import * as ses from '@aws-sdk/client-sesv2';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { AwsError } from '../../../../local/kernel/errors.ts';
import type { Service } from '../../../../local/kernel/kernel.ts';
import { startWire, type Wire } from '../../../../local/kernel/wire.ts';
import { AnswerLost } from '../../../../local/kernel/wire-errors.ts';
import { clientsByDoor, type DoorTo } from '../../../../local/lambda/sandbox/sdk-clients.ts';

/** What the services saw, and how often somebody came by the door. */
let seen: object[] = [];
let byDoor = 0;
/** Of these, how many the SDK did not see: it numbers its attempts in a header. */
let unseen = 0;
let lose = 0;
let wire: Wire;

const table: Service = {
  name: 'dynamodb',
  json: { targetPrefixes: ['DynamoDB_20120810'], version: '1.0' },
  resources: [],
  async call(operation, input, principal) {
    seen.push({ operation, input, principal });
    if (lose-- > 0) throw new AnswerLost();
    if (operation === 'DeleteItem') {
      throw new AwsError('ConditionalCheckFailedException', 'The conditional request failed', 400, {
        Item: { pk: { S: 'ü' } },
      });
    }
    return operation === 'GetItem'
      ? { Item: { pk: { S: 'Dügün 漢字 😀' }, bytes: { B: 'AP+A' }, count: { N: '7' } } }
      : operation === 'Query'
        ? { Items: [{ pk: { S: '"B":"ü"' }, list: { L: [{ NULL: true }, { SS: ['a'] }, { M: {} }] } }], Count: 1 }
        : operation === 'PutItem'
          ? { Attributes: Reflect.get(input as object, 'Item') }
          : {};
  },
};

const mail: Service = {
  name: 'ses',
  resources: [],
  call: async () => ({}),
  wire: async ({ method, path, query, body }) => {
    seen.push({ method, path, query: [...query], body: body.toString() });
    return { status: 200, headers: { 'content-type': 'application/json' }, body: '{"MessageId":"m-1"}' };
  },
};

const doorTo: DoorTo = (host) => {
  if (host !== `127.0.0.1:${wire.port}`) return undefined;
  return ({ method, url, headers, body }) => {
    byDoor += 1;
    if (headers['amz-sdk-request'] === undefined) unseen += 1;
    return wire.exchange({ method, url, headers, remoteAddress: '127.0.0.1' }, body) as ReturnType<
      NonNullable<ReturnType<DoorTo>>
    >;
  };
};

const config = () => ({
  region: 'eu-west-1',
  endpoint: `http://127.0.0.1:${wire.port}`,
  credentials: { accessKeyId: 'ASIAROLE', secretAccessKey: 'secret', sessionToken: 'session' },
  maxAttempts: 3,
});

beforeAll(async () => {
  wire = await startWire('127.0.0.1', 0, () => {});
  wire.serve([table, mail], (accessKeyId, token) => ({ kind: 'role', arn: `${accessKeyId} ${token}` }) as never);
});
beforeEach(() => {
  seen = [];
  byDoor = 0;
  unseen = 0;
  lose = 0;
});
afterAll(() => wire.stop());

/** What the caller gets, and what the services saw. */
async function outcome(work: Promise<{ $metadata: { attempts?: number } }>): Promise<object> {
  const answer = await work.then(
    ({ $metadata, ...output }) => ({ output, attempts: $metadata.attempts }),
    ({ name, message, Item, $fault, $metadata: { httpStatusCode, attempts } }) => ({
      ...{ name, message, Item, $fault, httpStatusCode, attempts },
    }),
  );
  return { answer, seen: seen.splice(0) };
}

const TableName = 't';
const get = () => new dynamodb.GetItemCommand({ TableName, Key: { pk: { S: 'a' } } });

/** A client that has sent a request, so that it knows how they travel. */
async function experienced(): Promise<dynamodb.DynamoDBClient> {
  const client = new (clientsByDoor(dynamodb, doorTo) as typeof dynamodb).DynamoDBClient(config());
  await client.send(get());
  seen = [];
  byDoor = 0;
  return client;
}

const commands = [
  ['text beyond ASCII, numbers and bytes', new dynamodb.GetItemCommand({ TableName, Key: { pk: { S: 'Ünï "😀"' } } })],
  [
    'a write',
    new dynamodb.PutItemCommand({ TableName, Item: { pk: { S: 'a' }, bytes: { B: new Uint8Array([0, 255]) } } }),
  ],
  [
    'items without bytes',
    new dynamodb.QueryCommand({
      TableName,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: 'ü' }, ':list': { L: [{ NULL: true }, { BOOL: false }] } },
      IndexName: undefined,
      Limit: 5,
    }),
  ],
  ['a set of bytes', new dynamodb.PutItemCommand({ TableName, Item: { pk: { BS: [new Uint8Array([1])] } } })],
  ['a refusal with its members', new dynamodb.DeleteItemCommand({ TableName, Key: { pk: { S: 'a' } } })],
  [
    'a transaction with its token',
    new dynamodb.TransactWriteItemsCommand({
      TransactItems: [{ Put: { TableName, Item: { pk: { S: 'a' }, count: { N: '1' } } } }],
      ClientRequestToken: 'token',
    }),
  ],
] as const;

test.each(commands)('%s: the same by the door as over a socket, and who asks is known', async (_, command) => {
  const send = (module: typeof dynamodb) =>
    outcome(new module.DynamoDBClient(config()).send(command as dynamodb.GetItemCommand));
  const socket = await send(dynamodb);
  expect(byDoor).toBe(0);
  const door = await send(clientsByDoor(dynamodb, doorTo) as typeof dynamodb);
  expect(byDoor).toBe(1);
  expect(door).toEqual(socket);
  expect(JSON.stringify(door)).toContain('ASIAROLE session');
});

test.each(commands)('%s: the same again, when the client has sent a request before', async (_, command) => {
  const { DynamoDBClient } = dynamodb;
  const socket = await outcome(new DynamoDBClient(config()).send(command as dynamodb.GetItemCommand));
  const client = await experienced();
  expect(await outcome(client.send(command as dynamodb.GetItemCommand))).toEqual(socket);
  expect(byDoor).toBe(1);
});

/** Values of every type, some of them bytes, nulls and members that are not there. */
const { value: attributeValue } = fc.letrec<{ value: dynamodb.AttributeValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ S: fc.string({ unit: 'binary' }) }),
    fc.record({ N: fc.integer().map(String) }),
    fc.record({ BOOL: fc.boolean() }),
    fc.constant({ NULL: true as const }),
    fc.record({ SS: fc.array(fc.string()) }),
    fc.record({ B: fc.uint8Array() }),
    fc.record({ BS: fc.array(fc.uint8Array(), { maxLength: 2 }) }),
    fc.record({ L: fc.array(tie('value'), { maxLength: 3 }) }),
    fc.record({ M: fc.dictionary(fc.string(), tie('value'), { maxKeys: 3 }) }),
  ),
}));

test('whatever an item holds, the service sees of it and answers by the door what it does over a socket', async () => {
  const socket = new dynamodb.DynamoDBClient(config());
  const door = await experienced();
  let withoutSdk = 0;
  await fc.assert(
    fc.asyncProperty(fc.dictionary(fc.string(), attributeValue, { maxKeys: 4 }), async (Item) => {
      const command = () => new dynamodb.PutItemCommand({ TableName, Item, ReturnValues: 'ALL_OLD' });
      const bySocket = await outcome(socket.send(command()));
      unseen = 0;
      expect(await outcome(door.send(command()))).toEqual(bySocket);
      withoutSdk += unseen;
    }),
    { numRuns: 300, seed: 39 },
  );
  expect(withoutSdk).toBeGreaterThan(100);
  socket.destroy();
});

test('what goes well is done without the SDK: items, and a transaction, with a token of its own', async () => {
  const client = await experienced();
  const answer = await client.send(new dynamodb.PutItemCommand({ TableName, Item: { pk: { S: 'a' } } }));
  expect(answer.$metadata).toMatchObject({ httpStatusCode: 200, attempts: 1, requestId: expect.any(String) });
  const put = { Put: { TableName, Item: { pk: { S: 'a' } } } };
  for (const _ of 'ab') await client.send(new dynamodb.TransactWriteItemsCommand({ TransactItems: [put] }));
  expect([byDoor, unseen]).toEqual([3, 3]);
  const tokens = seen.slice(1).map((call) => Reflect.get(Reflect.get(call, 'input'), 'ClientRequestToken'));
  expect(tokens).toEqual([expect.stringMatching(/^[\da-f-]{36}$/), expect.stringMatching(/^[\da-f-]{36}$/)]);
  expect(tokens[0]).not.toBe(tokens[1]);
});

test('when its answer is lost, the SDK tries again with the same token', async () => {
  const client = await experienced();
  lose = 1;
  const put = { Put: { TableName, Item: { pk: { S: 'a' } } } };
  const answer = await client.send(new dynamodb.TransactWriteItemsCommand({ TransactItems: [put] }));
  expect(answer.$metadata.attempts).toBe(2);
  expect([byDoor, unseen]).toEqual([2, 1]);
  expect(seen[0]).toEqual(seen[1]);
});

test('calls that go well give the SDK back the retries that it has used up', async () => {
  const client = await experienced();
  const put = () => client.send(new dynamodb.PutItemCommand({ TableName, Item: { pk: { S: 'a' } } }));
  // A retry after a lost answer takes 14 of 500, a success gives 1.
  lose = 70;
  const lost = await Promise.all(Array.from({ length: 35 }, () => put().catch(({ $metadata }) => $metadata.attempts)));
  expect(lost).toEqual(Array(35).fill(2));
  lose = 1;
  await expect(put()).rejects.toMatchObject({ $metadata: { attempts: 1 } });
  for (let success = 0; success < 4; success++) await put();
  lose = 1;
  expect((await put()).$metadata.attempts).toBe(2);
});

test('a middleware of the client or of a command, and credentials that were exchanged, are not passed over', async () => {
  let calls = 0;
  const counting =
    <A, R>(next: (args: A) => R) =>
    (args: A): R => {
      calls += 1;
      return next(args);
    };
  const withOwn = new (clientsByDoor(dynamodb, doorTo) as typeof dynamodb).DynamoDBClient(config());
  withOwn.middlewareStack.add(counting, { step: 'initialize', name: 'counting' });
  for (const _ of 'ab') await withOwn.send(get());
  expect(calls).toBe(2);
  const client = await experienced();
  const command = get();
  command.middlewareStack.add(counting, { step: 'initialize', name: 'counting' });
  await client.send(command);
  expect(calls).toBe(3);
  client.config.credentials = async () => ({ accessKeyId: 'ASIAOTHER', secretAccessKey: 'x', sessionToken: 'later' });
  seen = [];
  for (const _ of 'ab') await client.send(get());
  expect(seen.map((call) => Reflect.get(Reflect.get(call, 'principal'), 'arn'))).toEqual(
    Array(2).fill('ASIAOTHER later'),
  );
});

test('a service that is known by what it was signed for gets its requests, too', async () => {
  const send = (module: typeof ses) =>
    outcome(
      new module.SESv2Client(config()).send(
        new ses.SendEmailCommand({
          FromEmailAddress: 'shop@example.com',
          Destination: { ToAddresses: ['kim@example.com'] },
          Content: { Simple: { Subject: { Data: 'Danke' }, Body: { Text: { Data: 'Grüße' } } } },
        }),
      ),
    );
  const socket = await send(ses);
  expect(socket).toMatchObject({ answer: { output: { MessageId: 'm-1' } } });
  expect(await send(clientsByDoor(ses, doorTo) as typeof ses)).toEqual(socket);
  expect(byDoor).toBe(1);
});

test('an answer that is lost is asked for again, as over a socket', async () => {
  const client = new (clientsByDoor(dynamodb, doorTo) as typeof dynamodb).DynamoDBClient(config());
  lose = 1;
  const answer = await client.send(new dynamodb.PutItemCommand({ TableName: 't', Item: { pk: { S: 'a' } } }));
  expect(answer.$metadata.attempts).toBe(2);
  expect([byDoor, seen.length]).toEqual([2, 2]);
});

test('where no door leads, and what can be aborted, goes the way of any client', async () => {
  const module = clientsByDoor(dynamodb, doorTo) as typeof dynamodb;
  const get = new dynamodb.GetItemCommand({ TableName: 't', Key: { pk: { S: 'a' } } });
  const elsewhere = new module.DynamoDBClient({ ...config(), endpoint: `http://localhost:${wire.port}` });
  expect((await elsewhere.send(get)).Item?.count).toEqual({ N: '7' });
  const client = new module.DynamoDBClient(config());
  expect((await client.send(get, { abortSignal: new AbortController().signal })).Item?.count).toEqual({ N: '7' });
  expect([byDoor, seen.length]).toEqual([0, 2]);
  expect(client.constructor.name).toBe('DynamoDBClient');
  for (const each of [elsewhere, client]) each.destroy();
});
