import { JsonText } from './hostile-values.ts';
import { type AwsCall, account, execution, type Known, machine, queue, role, table } from './known.ts';
import { restCalls } from './rest-calls.ts';

const key = { pk: { S: 'a' }, sk: { N: '1' } };
const names = { '#a': 'a' };
const values = { ':a': { S: 'x' }, ':n': { N: '1' } };
const item = { ...key, a: { M: { b: { L: [{ N: '1.5' }, { SS: ['x', 'y'] }, { B: 'aGk=' }, { BOOL: true }] } } } };

export const tableDefinition = {
  TableName: table,
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' },
    { AttributeName: 'sk', AttributeType: 'N' },
  ],
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  BillingMode: 'PAY_PER_REQUEST',
  StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
};

const TableName = table;
const tableArn = `arn:aws:dynamodb:us-east-1:${account}:table/${table}`;
const condition = { ConditionExpression: 'attribute_not_exists(#a) OR #a = :a', ExpressionAttributeNames: names };
const dynamodb = ({ stream }: Known) => ({
  BatchGetItem: { RequestItems: { [table]: { Keys: [key], ProjectionExpression: 'a.b[0]' } } },
  BatchWriteItem: {
    RequestItems: { [table]: [{ PutRequest: { Item: item } }, { DeleteRequest: { Key: { ...key, sk: { N: '2' } } } }] },
  },
  CreateTable: { ...tableDefinition, TableName: 'fuzz-other' },
  DeleteItem: { TableName, Key: key, ...condition, ExpressionAttributeValues: { ':a': values[':a'] } },
  DeleteTable: { TableName: 'fuzz-other' },
  DescribeTable: { TableName },
  DescribeTimeToLive: { TableName },
  GetItem: { TableName, Key: key, ProjectionExpression: '#a, b.c[1]', ExpressionAttributeNames: names },
  ListTables: { Limit: 2, ExclusiveStartTableName: 'a' },
  PutItem: {
    TableName,
    Item: item,
    ...condition,
    ExpressionAttributeValues: { ':a': values[':a'] },
    ReturnValues: 'ALL_OLD',
  },
  Query: {
    TableName,
    KeyConditionExpression: 'pk = :a AND sk BETWEEN :n AND :n',
    FilterExpression: 'size(#a) > :n',
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values,
    Limit: 3,
    ExclusiveStartKey: key,
    ScanIndexForward: false,
  },
  Scan: {
    TableName,
    FilterExpression: 'contains(#a, :a)',
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: { ':a': values[':a'] },
    Segment: 0,
    TotalSegments: 2,
  },
  TransactGetItems: { TransactItems: [{ Get: { TableName, Key: key } }] },
  TransactWriteItems: {
    ClientRequestToken: 'token',
    TransactItems: [
      { Put: { TableName, Item: item } },
      {
        Update: {
          TableName,
          Key: { ...key, sk: { N: '2' } },
          UpdateExpression: 'SET #a = :a',
          ExpressionAttributeNames: names,
          ExpressionAttributeValues: { ':a': values[':a'] },
        },
      },
      {
        ConditionCheck: { TableName, Key: { ...key, sk: { N: '3' } }, ConditionExpression: 'attribute_not_exists(pk)' },
      },
    ],
  },
  UpdateItem: {
    TableName,
    Key: key,
    UpdateExpression: 'SET #a = if_not_exists(#a, :a), c = list_append(d, :l) ADD e :n REMOVE f[2] DELETE g :s',
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: { ...values, ':l': { L: [] }, ':s': { SS: ['x'] } },
    ReturnValues: 'UPDATED_NEW',
  },
  UpdateTimeToLive: { TableName, TimeToLiveSpecification: { Enabled: true, AttributeName: 'ttl' } },
  UpdateTable: {
    TableName: 'fuzz-other',
    AttributeDefinitions: [{ AttributeName: 'x', AttributeType: 'S' }],
    GlobalSecondaryIndexUpdates: [
      {
        Create: {
          IndexName: 'byX',
          KeySchema: [{ AttributeName: 'x', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'ALL' },
        },
      },
    ],
  },
  TagResource: { ResourceArn: tableArn, Tags: [{ Key: 'a', Value: 'b' }] },
  UntagResource: { ResourceArn: tableArn, TagKeys: ['a'] },
  ListTagsOfResource: { ResourceArn: tableArn },
  DescribeStream: { StreamArn: stream, Limit: 3 },
  GetShardIterator: {
    StreamArn: stream,
    ShardId: 'shardId-00000000000000000000-00000000',
    ShardIteratorType: 'TRIM_HORIZON',
  },
  GetRecords: { ShardIterator: 'x', Limit: 10 },
  ListStreams: { TableName },
});

const EventBusName = 'default';
const pattern = new JsonText({
  source: ['a', { prefix: 'b' }, { 'anything-but': ['c'] }],
  detail: { n: [{ numeric: ['>', 1] }], $or: [{ x: [{ exists: true }] }, { y: [{ wildcard: 'a*' }] }] },
});
const ruleKey = { Name: 'fuzz-rule', EventBusName };
const events = ({ archive, bus }: Known) => ({
  DeleteRule: ruleKey,
  DescribeArchive: { ArchiveName: archive },
  DescribeEventBus: { Name: bus },
  DescribeReplay: { ReplayName: 'fuzz-replay' },
  DescribeRule: ruleKey,
  DisableRule: ruleKey,
  EnableRule: ruleKey,
  ListArchives: { NamePrefix: 'batuta' },
  ListEventBuses: { NamePrefix: 'batuta' },
  ListReplays: { NamePrefix: 'fuzz' },
  ListRules: { EventBusName },
  ListTargetsByRule: { Rule: 'fuzz-rule', EventBusName },
  PutEvents: {
    Entries: [
      {
        Source: 'fuzz',
        DetailType: 'Fuzzed',
        Detail: new JsonText({ a: [1, { b: null }] }),
        EventBusName,
        Time: 1_700_000_000,
      },
    ],
  },
  PutRule: { ...ruleKey, EventPattern: pattern, State: 'ENABLED' },
  PutTargets: {
    Rule: 'fuzz-rule',
    EventBusName,
    Targets: [
      {
        Id: '1',
        Arn: `arn:aws:sqs:us-east-1:${account}:${queue}`,
        InputTransformer: { InputPathsMap: { s: '$.source' }, InputTemplate: '{"s": <s>}' },
        RetryPolicy: { MaximumRetryAttempts: 1, MaximumEventAgeInSeconds: 60 },
        DeadLetterConfig: { Arn: `arn:aws:sqs:us-east-1:${account}:${queue}` },
      },
    ],
  },
  RemoveTargets: { Rule: 'fuzz-rule', EventBusName, Ids: ['1'] },
  StartReplay: {
    ReplayName: 'fuzz-replay',
    EventSourceArn: `arn:aws:events:us-east-1:${account}:archive/${archive}`,
    EventStartTime: 1_000_000_000,
    EventEndTime: 1_000_000_060,
    Destination: { Arn: `arn:aws:events:us-east-1:${account}:event-bus/${bus}` },
  },
  TestEventPattern: {
    EventPattern: pattern,
    Event: new JsonText({
      id: '1',
      source: 'a',
      account,
      time: '2026-01-01T00:00:00Z',
      region: 'us-east-1',
      resources: [],
      'detail-type': 't',
      detail: { n: 2 },
    }),
  },
});

const sqs = ({ endpoint }: Known) => {
  const QueueUrl = `${endpoint}/${account}/${queue}`;
  const SourceArn = `arn:aws:sqs:us-east-1:${account}:${queue}`;
  const ReceiptHandle = 'AQEB';
  const MessageAttributes = {
    a: { DataType: 'Number.int', StringValue: '1' },
    b: { DataType: 'Binary', BinaryValue: 'aGk=' },
  };
  return {
    CancelMessageMoveTask: { TaskHandle: 'none' },
    ChangeMessageVisibility: { QueueUrl, ReceiptHandle, VisibilityTimeout: 0 },
    ChangeMessageVisibilityBatch: { QueueUrl, Entries: [{ Id: '1', ReceiptHandle, VisibilityTimeout: 0 }] },
    CreateQueue: {
      QueueName: 'fuzz-other',
      Attributes: {
        VisibilityTimeout: '30',
        RedrivePolicy: new JsonText({ deadLetterTargetArn: SourceArn, maxReceiveCount: 3 }),
      },
    },
    DeleteMessage: { QueueUrl, ReceiptHandle },
    DeleteMessageBatch: { QueueUrl, Entries: [{ Id: '1', ReceiptHandle }] },
    DeleteQueue: { QueueUrl: `${endpoint}/${account}/fuzz-other` },
    GetQueueAttributes: { QueueUrl, AttributeNames: ['All'] },
    GetQueueUrl: { QueueName: queue },
    ListMessageMoveTasks: { SourceArn, MaxResults: 2 },
    ListQueues: { QueueNamePrefix: 'fuzz', MaxResults: 5 },
    PurgeQueue: { QueueUrl },
    ListDeadLetterSourceQueues: { QueueUrl, MaxResults: 2, NextToken: 'a' },
    ReceiveMessage: {
      QueueUrl,
      MaxNumberOfMessages: 2,
      WaitTimeSeconds: 0,
      VisibilityTimeout: 0,
      MessageAttributeNames: ['All'],
    },
    SendMessage: { QueueUrl, MessageBody: 'hi', DelaySeconds: 0, MessageAttributes },
    SendMessageBatch: { QueueUrl, Entries: [{ Id: '1', MessageBody: 'hi', MessageAttributes }] },
    SetQueueAttributes: { QueueUrl, Attributes: { VisibilityTimeout: '30' } },
    StartMessageMoveTask: { SourceArn },
  };
};

const states = () => {
  const definition = new JsonText({
    QueryLanguage: 'JSONata',
    StartAt: 'A',
    States: {
      A: { Type: 'Pass', Assign: { x: '{% $states.input.n + 1 %}' }, Next: 'B' },
      B: { Type: 'Choice', Choices: [{ Condition: '{% $x > 1 %}', Next: 'C' }], Default: 'D' },
      C: {
        Type: 'Map',
        Items: '{% [1..3] %}',
        ItemProcessor: { StartAt: 'E', States: { E: { Type: 'Pass', Output: '{% $states.input %}', End: true } } },
        Next: 'D',
      },
      D: {
        Type: 'Task',
        Resource: 'arn:aws:states:::sqs:sendMessage',
        Arguments: { QueueUrl: 'none', MessageBody: 'x' },
        Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 0 }],
        Catch: [{ ErrorEquals: ['States.ALL'], Next: 'F' }],
        End: true,
      },
      F: { Type: 'Fail', Error: 'E', Cause: 'C' },
    },
  });
  const input = new JsonText({ n: 1 });
  const pass = { Type: 'Pass', QueryLanguage: 'JSONata', End: true };
  const task = {
    Type: 'Task',
    QueryLanguage: 'JSONata',
    Resource: 'arn:aws:states:::sqs:sendMessage',
    Arguments: { QueueUrl: 'none', MessageBody: '{% $string($x) %}' },
    Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Other' }],
    Next: 'Other',
  };
  return {
    CreateStateMachine: { name: 'fuzz-other', roleArn: role, type: 'STANDARD', definition },
    DescribeExecution: { executionArn: execution },
    DescribeStateMachine: { stateMachineArn: machine },
    GetExecutionHistory: { executionArn: execution, maxResults: 5, reverseOrder: true },
    ListExecutions: { stateMachineArn: machine, statusFilter: 'SUCCEEDED', maxResults: 5, nextToken: 'eyJhIjoxfQ' },
    ListStateMachines: { maxResults: 2, nextToken: 'MQ' },
    StartExecution: { stateMachineArn: machine, input },
    StartSyncExecution: { stateMachineArn: `${machine}-express`, name: 'x', input },
    DeleteStateMachine: { stateMachineArn: `${machine}-other` },
    DescribeStateMachineForExecution: { executionArn: execution },
    TestState: {
      definition: new JsonText(task),
      input,
      roleArn: role,
      mock: { result: input },
      inspectionLevel: 'DEBUG',
      variables: new JsonText({ x: 1 }),
    },
    UpdateStateMachine: { stateMachineArn: machine, definition: new JsonText({ StartAt: 'A', States: { A: pass } }) },
    ValidateStateMachineDefinition: { definition, type: 'STANDARD', severity: 'ERROR', maxResults: 10 },
    StopExecution: { executionArn: execution, error: 'E', cause: 'C' },
    RedriveExecution: { executionArn: execution, clientToken: 'once' },
  };
};

const secrets = {
  GetSecretValue: { SecretId: 'fuzz', VersionStage: 'AWSCURRENT' },
  DescribeSecret: { SecretId: 'fuzz' },
  ListSecrets: { MaxResults: 2, SortOrder: 'desc', NextToken: 'x' },
  PutSecretValue: { SecretId: 'fuzz', SecretString: 'x' },
};
const parameters = {
  GetParameter: { Name: '/fuzz', WithDecryption: true },
  GetParameters: { Names: ['/fuzz'] },
  DescribeParameters: { MaxResults: 2, NextToken: '/a' },
  GetParametersByPath: { Path: '/', Recursive: true, MaxResults: 2, WithDecryption: true },
};

const logs = ({ functionName }: Known) => {
  const logGroupName = `/aws/lambda/${functionName}`;
  return {
    DescribeLogGroups: { logGroupNamePrefix: '/aws', limit: 2, nextToken: '2' },
    DescribeLogStreams: { logGroupName, orderBy: 'LastEventTime', descending: true },
    GetLogEvents: { logGroupName, logStreamName: `${functionName}/[$LATEST]`, limit: 2, startFromHead: true },
    FilterLogEvents: { logGroupName, filterPattern: '{ $.level = "INFO" && $.a.b > 1 }', startTime: 1, limit: 3 },
  };
};

const streamOperations = new Set(['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams']);

/** One call for each operation of each service. */
export function awsCalls(known: Known): AwsCall[] {
  const json = (service: string, prefix: string, version: '1.0' | '1.1', inputs: Record<string, unknown>): AwsCall[] =>
    Object.entries(inputs).map(([operation, body]) => {
      const own = streamOperations.has(operation) ? 'DynamoDBStreams_20120810' : prefix;
      return { service, operation, method: 'POST', path: '/', target: `${own}.${operation}`, version, body };
    });
  return [
    ...json('dynamodb', 'DynamoDB_20120810', '1.0', dynamodb(known)),
    ...json('events', 'AWSEvents', '1.1', events(known)),
    ...json('sqs', 'AmazonSQS', '1.0', sqs(known)),
    ...json('states', 'AWSStepFunctions', '1.0', states()),
    ...json('logs', 'Logs_20140328', '1.1', logs(known)),
    ...json('secretsmanager', 'secretsmanager', '1.1', secrets),
    ...json('ssm', 'AmazonSSM', '1.1', parameters),
    ...Object.entries(restCalls(known)).flatMap(([service, calls]) =>
      Object.entries(calls).map(([operation, call]) => ({ service, operation, ...call })),
    ),
  ];
}
