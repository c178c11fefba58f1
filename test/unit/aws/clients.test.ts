import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import * as theirDynamo from '@aws-sdk/client-dynamodb';
import * as theirEvents from '@aws-sdk/client-eventbridge';
import * as theirMails from '@aws-sdk/client-sesv2';
import * as theirMachines from '@aws-sdk/client-sfn';
import * as theirQueues from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as ourDynamo from '../../../shared/aws/client-dynamodb.ts';
import * as ourEvents from '../../../shared/aws/client-eventbridge.ts';
import * as ourMails from '../../../shared/aws/client-sesv2.ts';
import * as ourMachines from '../../../shared/aws/client-sfn.ts';
import * as ourQueues from '../../../shared/aws/client-sqs.ts';

/** The clients that bundles carry do what the SDK's do: the same requests, answers and errors. */

interface Asked {
  url: string | undefined;
  headers: IncomingHttpHeaders;
  body: unknown;
}

/** What the service answers, one after the other; undefined = it hangs up. */
let answers: ({ status: number; headers?: Record<string, string>; body: string } | undefined)[] = [];
let asked: Asked[] = [];
const server = createServer(async (request, response) => {
  const body = await text(request);
  asked.push({ url: request.url, headers: request.headers, body: JSON.parse(body) });
  const answer = answers.shift();
  if (!answer) return void request.socket.destroy();
  response.writeHead(answer.status, { 'x-amzn-requestid': 'r-1', ...answer.headers });
  response.end(answer.body);
});

let config: {
  endpoint: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken: string };
};
beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  config = {
    endpoint: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'id', secretAccessKey: 'secret', sessionToken: 'token' },
  };
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  answers = [];
  asked = [];
});

const item = { pk: { S: 'ORDER#ñ' }, sk: { S: 'ORDER' }, version: { N: '3' } };
const condition = {
  ConditionExpression: 'attribute_not_exists(pk)',
  ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
};
const key = { TableName: 't', Key: { pk: { S: 'a' } } };
const dynamo = { ours: ourDynamo.DynamoDBClient, theirs: theirDynamo.DynamoDBClient };
const events = { ours: ourEvents.EventBridgeClient, theirs: theirEvents.EventBridgeClient };
const machines = { ours: ourMachines.SFNClient, theirs: theirMachines.SFNClient };
const queues = { ours: ourQueues.SQSClient, theirs: theirQueues.SQSClient };
const mails = { ours: ourMails.SESv2Client, theirs: theirMails.SESv2Client };

interface Sends {
  send(command: unknown): Promise<object>;
  destroy(): void;
}
type Make = new (config: object) => unknown;
const make = (client: Make, more: object = {}) => new client({ ...config, ...more }) as Sends;

type Call = [
  name: string,
  clients: { ours: Make; theirs: Make },
  ours: () => unknown,
  theirs: () => unknown,
  answer: object,
];

/** One call of each operation. */
const calls: Call[] = [
  ...(
    [
      [
        'GetItem',
        [ourDynamo.GetItemCommand, theirDynamo.GetItemCommand],
        { ...key, ConsistentRead: true },
        { Item: item },
      ],
      ['GetItem of nothing', [ourDynamo.GetItemCommand, theirDynamo.GetItemCommand], key, {}],
      [
        'PutItem',
        [ourDynamo.PutItemCommand, theirDynamo.PutItemCommand],
        { TableName: 't', Item: item, ...condition },
        {},
      ],
      [
        'UpdateItem',
        [ourDynamo.UpdateItemCommand, theirDynamo.UpdateItemCommand],
        {
          ...key,
          UpdateExpression: 'SET a = :a',
          ExpressionAttributeValues: { ':a': { N: '1' } },
          ReturnValues: 'ALL_NEW',
        },
        { Attributes: item },
      ],
      [
        'DeleteItem',
        [ourDynamo.DeleteItemCommand, theirDynamo.DeleteItemCommand],
        { ...key, ConditionExpression: undefined },
        {},
      ],
      [
        'Query',
        [ourDynamo.QueryCommand, theirDynamo.QueryCommand],
        {
          TableName: 't',
          KeyConditionExpression: 'pk = :p',
          ExpressionAttributeValues: { ':p': { S: 'ORDER#1' } },
          Limit: 5,
          ScanIndexForward: false,
          ExclusiveStartKey: undefined,
        },
        { Items: [item, item], Count: 2, ScannedCount: 2, LastEvaluatedKey: item },
      ],
      [
        'BatchGetItem',
        [ourDynamo.BatchGetItemCommand, theirDynamo.BatchGetItemCommand],
        { RequestItems: { t: { Keys: [{ pk: { S: 'a' } }] } } },
        { Responses: { t: [item] }, UnprocessedKeys: {} },
      ],
      [
        'TransactWriteItems',
        [ourDynamo.TransactWriteItemsCommand, theirDynamo.TransactWriteItemsCommand],
        {
          ClientRequestToken: 'once',
          TransactItems: [
            { Put: { TableName: 't', Item: item, ...condition } },
            { ConditionCheck: { ...key, ConditionExpression: 'a = b' } },
          ],
        },
        {},
      ],
    ] as const
  ).map(
    ([name, [ours, theirs], input, answer]): Call => [
      name,
      dynamo,
      () => Reflect.construct(ours, [input]),
      () => Reflect.construct(theirs, [input]),
      answer,
    ],
  ),
  (() => {
    const input = {
      Entries: [
        { EventBusName: 'b', Source: 's', DetailType: 'd', Time: new Date(1_767_603_600_123), Detail: '{}' },
        { Detail: '{}' },
      ],
    };
    return [
      'PutEvents',
      events,
      () => new ourEvents.PutEventsCommand(input),
      () => new theirEvents.PutEventsCommand(input),
      { FailedEntryCount: 1, Entries: [{ EventId: 'e' }, { ErrorCode: 'Throttling' }] },
    ];
  })(),
  (() => {
    const input = { stateMachineArn: 'arn:aws:states:eu-west-1:1:stateMachine:m', name: 'n', input: '{}' };
    return [
      'StartExecution',
      machines,
      () => new ourMachines.StartExecutionCommand(input),
      () => new theirMachines.StartExecutionCommand(input),
      { executionArn: 'arn', startDate: 1_767_603_600.123 },
    ];
  })(),
  (() => {
    const input = { executionArn: 'arn:aws:states:eu-west-1:1:execution:m:n', includedData: 'METADATA_ONLY' as const };
    return [
      'DescribeExecution',
      machines,
      () => new ourMachines.DescribeExecutionCommand(input),
      () => new theirMachines.DescribeExecutionCommand(input),
      {
        executionArn: 'arn',
        stateMachineArn: 'm',
        status: 'FAILED',
        startDate: 1_767_603_600.123,
        stopDate: 1_767_603_601,
        error: 'E',
      },
    ];
  })(),
  (() => {
    const input = { QueueUrl: 'http://127.0.0.1/1/q', MessageBody: 'x', MessageGroupId: 'g', DelaySeconds: 3 };
    return [
      'SendMessage',
      queues,
      () => new ourQueues.SendMessageCommand(input),
      () => new theirQueues.SendMessageCommand(input),
      { MessageId: 'm', MD5OfMessageBody: '9dd4e461268c8034f5c8564e155c67a6' },
    ];
  })(),
  (() => {
    const input = {
      FromEmailAddress: 'a@b.example',
      Destination: { ToAddresses: ['c@d.example'] },
      Content: { Simple: { Subject: { Data: 'ñ' }, Body: { Text: { Data: 't' } } } },
      EmailTags: [{ Name: 'event', Value: 'e' }],
    };
    return [
      'SendEmail',
      mails,
      () => new ourMails.SendEmailCommand(input),
      () => new theirMails.SendEmailCommand(input),
      { MessageId: 'm' },
    ];
  })(),
];

const told = ['content-type', 'x-amz-target', 'x-amz-security-token', 'content-length', 'host'];
const withoutMetadata = ({ $metadata: _, ...rest }: { $metadata?: unknown }): object => rest;

describe.each(calls)('%s', (_name, clients, ours, theirs, answer) => {
  test('the same request, the same answer', async () => {
    const body = JSON.stringify(answer);
    answers = [
      { status: 200, body },
      { status: 200, body },
    ];
    const [ourClient, theirClient] = [make(clients.ours), make(clients.theirs)];
    const ourAnswer = await ourClient.send(ours());
    const theirAnswer = await theirClient.send(theirs());
    expect(withoutMetadata(ourAnswer)).toEqual(withoutMetadata(theirAnswer));
    const [one, other] = asked.map(({ url, headers, body }) => ({
      url,
      body,
      headers: Object.fromEntries(told.map((header) => [header, headers[header]])),
    }));
    expect(one).toEqual(other);
    expect(asked[0]?.headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=id\/\d{8}\/eu-west-1\/\w+\/aws4_request, /,
    );
    const scope = (index: number) => /\/eu-west-1\/\w+\//.exec(String(asked[index]?.headers.authorization))?.[0];
    expect(scope(0)).toBe(scope(1));
    for (const client of [ourClient, theirClient]) client.destroy();
  });
});

interface Refusal extends Error {
  $fault: string;
  $metadata: { httpStatusCode?: number; requestId?: string };
  Item?: unknown;
  CancellationReasons?: unknown;
}

/** What adapters look at. */
async function refusalOf(client: Sends, command: unknown): Promise<object> {
  const error = (await client.send(command).catch((thrown: unknown) => thrown)) as Refusal;
  client.destroy();
  const { name, message, $fault, $metadata, Item, CancellationReasons } = error;
  const { httpStatusCode, requestId } = $metadata;
  return {
    isError: error instanceof Error,
    name,
    message,
    $fault,
    httpStatusCode,
    requestId,
    Item,
    CancellationReasons,
  };
}

const of = (name: string) => calls.find(([one]) => one === name)!;
const namespace = 'com.amazonaws.dynamodb.v20120810#';

test.each<[string, string, number, Record<string, string>, object]>([
  [
    'a condition that failed, with the item',
    'PutItem',
    400,
    {},
    { __type: `${namespace}ConditionalCheckFailedException`, message: 'The conditional request failed', Item: item },
  ],
  [
    'a transaction that was canceled, with the reasons',
    'TransactWriteItems',
    400,
    {},
    {
      __type: `${namespace}TransactionCanceledException`,
      Message: 'Transaction cancelled',
      CancellationReasons: [{ Code: 'ConditionalCheckFailed', Message: 'no', Item: item }, { Code: 'None' }],
    },
  ],
  [
    'a table that is not there',
    'GetItem',
    400,
    {},
    { __type: `${namespace}ResourceNotFoundException`, message: 'no table t' },
  ],
  [
    'an execution that exists',
    'StartExecution',
    400,
    {},
    { __type: 'ExecutionAlreadyExists', message: 'Execution Already Exists' },
  ],
  [
    'a refused mail, told by a header',
    'SendEmail',
    400,
    { 'x-amzn-errortype': 'MessageRejected:http://internal.amazon.com/' },
    { message: 'Email address is not verified' },
  ],
  [
    'a queue that is not there',
    'SendMessage',
    400,
    { 'x-amzn-query-error': 'AWS.SimpleQueueService.NonExistentQueue;Sender' },
    { __type: 'com.amazonaws.sqs#QueueDoesNotExist', message: 'The specified queue does not exist.' },
  ],
])('the same error: %s', async (_, name, status, headers, body) => {
  const [, clients, ours, theirs] = of(name);
  answers = [1, 2].map(() => ({ status, headers, body: JSON.stringify(body) }));
  const one = await refusalOf(make(clients.ours), ours());
  expect(one).toEqual(await refusalOf(make(clients.theirs), theirs()));
  expect(asked).toHaveLength(2);
});

test('errors are instances of the classes that adapters ask for', async () => {
  answers = [
    { status: 400, body: JSON.stringify({ __type: `${namespace}ConditionalCheckFailedException`, message: 'no' }) },
  ];
  const failed = await make(dynamo.ours)
    .send(of('PutItem')[2]())
    .catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(ourDynamo.ConditionalCheckFailedException);
  expect(failed).toBeInstanceOf(ourDynamo.DynamoDBServiceException);
  answers = [{ status: 400, headers: { 'x-amzn-errortype': 'MessageRejected' }, body: '{}' }];
  const refused = await make(mails.ours)
    .send(of('SendEmail')[2]())
    .catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(ourMails.SESv2ServiceException);
});

test('a transaction whose answer was lost is asked for again as the same one', async () => {
  answers = [undefined, { status: 200, body: '{}' }];
  await make(dynamo.ours).send(new ourDynamo.TransactWriteItemsCommand({ TransactItems: [] }));
  const tokens = asked.map(({ body }) => (body as { ClientRequestToken: string }).ClientRequestToken);
  expect(tokens).toEqual([expect.stringMatching(/^[\da-f-]{36}$/), tokens[0]]);
});

test('what a load balancer answers is told by its status, after the last attempt', async () => {
  answers = [1, 2].map(() => ({ status: 503, body: '<html>Service Unavailable</html>' }));
  const client = make(dynamo.ours, { maxAttempts: 2 });
  const failed = await client.send(of('GetItem')[2]()).catch((error: unknown) => error);
  expect(failed).toMatchObject({ name: 'UnknownError', $fault: 'server', $metadata: { httpStatusCode: 503 } });
  expect(asked).toHaveLength(2);
});

test('what is missing is said', () => {
  expect(() => new ourDynamo.DynamoDBClient({ credentials: config.credentials })).toThrow('No region');
  expect(() => new ourDynamo.DynamoDBClient({ region: 'eu-west-1' })).toThrow('No credentials');
});
