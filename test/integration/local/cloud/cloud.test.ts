import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { expect, onTestFinished, test } from 'vitest';
import { type Cloud, startCloud } from '../../../../local/cloud.ts';
import { DataDirectoryInUse } from '../../../../local/kernel/data-directory-error.ts';
import { FakeClock } from '../../../../local/kernel/fake-clock.ts';
import { assemblyFiles, directoryOf } from '../assembly/assembly-for-tests.ts';

/** Notes down whatever is posted to `/notes/{id}`, signed as the SDK does it; `/spy` reads what its role may not read. */
const handler = `
exports.handler = async (event) => {
  const { AWS_ACCESS_KEY_ID: key, AWS_SESSION_TOKEN: token, AWS_ENDPOINT_URL: url, TABLE } = process.env;
  const call = async (operation, input) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'x-amz-target': 'DynamoDB_20120810.' + operation,
        'x-amz-security-token': token,
        authorization: 'AWS4-HMAC-SHA256 Credential=' + key + '/20260105/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
      },
      body: JSON.stringify({ TableName: TABLE, ...input }),
    });
    return { status: response.status, body: await response.json() };
  };
  if (event.rawPath === '/spy') return { statusCode: 200, body: JSON.stringify(await call('Scan', {})) };
  await call('PutItem', { Item: { pk: { S: event.pathParameters.id }, text: { S: event.body }, at: { N: String(Date.now()) } } });
  return { statusCode: 201, body: 'noted' };
};`;

const arnOfFunction = { 'Fn::GetAtt': ['Fn', 'Arn'] };
const route = (RouteKey: string) => ({
  Type: 'AWS::ApiGatewayV2::Route',
  Properties: {
    ApiId: { Ref: 'Api' },
    RouteKey,
    Target: { 'Fn::Join': ['', ['integrations/', { Ref: 'Integration' }]] },
  },
});

const template = {
  Parameters: { Greeting: { Type: 'String', Default: 'hello' } },
  Resources: {
    Notes: {
      Type: 'AWS::DynamoDB::GlobalTable',
      Properties: {
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        BillingMode: 'PAY_PER_REQUEST',
        Replicas: [{ Region: { Ref: 'AWS::Region' } }],
      },
    },
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: {
          Statement: [{ Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' } }],
        },
        ManagedPolicyArns: [
          {
            'Fn::Join': [
              '',
              ['arn:', { Ref: 'AWS::Partition' }, ':iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'],
            ],
          },
        ],
      },
    },
    Policy: {
      Type: 'AWS::IAM::Policy',
      Properties: {
        PolicyName: 'Policy',
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [{ Action: 'dynamodb:PutItem', Effect: 'Allow', Resource: { 'Fn::GetAtt': ['Notes', 'Arn'] } }],
        },
        Roles: [{ Ref: 'Role' }],
      },
    },
    Fn: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        FunctionName: 'note',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's own placeholders
        Code: { S3Bucket: { 'Fn::Sub': 'cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}' }, S3Key: 'f.zip' },
        Handler: 'index.handler',
        Runtime: 'nodejs24.x',
        // Loading the SDK takes its time on a busy machine.
        Timeout: 30,
        Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
        Environment: { Variables: { TABLE: { Ref: 'Notes' } } },
      },
      DependsOn: ['Policy', 'Role'],
    },
    Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'notes', ProtocolType: 'HTTP' } },
    Stage: {
      Type: 'AWS::ApiGatewayV2::Stage',
      Properties: { ApiId: { Ref: 'Api' }, StageName: '$default', AutoDeploy: true },
    },
    Integration: {
      Type: 'AWS::ApiGatewayV2::Integration',
      Properties: {
        ApiId: { Ref: 'Api' },
        IntegrationType: 'AWS_PROXY',
        IntegrationUri: arnOfFunction,
        PayloadFormatVersion: '2.0',
      },
    },
    NoteRoute: route('POST /notes/{id}'),
    SpyRoute: route('GET /spy'),
    ForbiddenRoute: route('GET /not-permitted'),
    ...Object.fromEntries(
      ['/notes/{id}', '/spy'].map((path, index) => [
        `Permission${index}`,
        {
          Type: 'AWS::Lambda::Permission',
          Properties: {
            Action: 'lambda:InvokeFunction',
            FunctionName: arnOfFunction,
            Principal: 'apigateway.amazonaws.com',
            SourceArn: {
              'Fn::Join': [
                '',
                [
                  'arn:aws:execute-api:',
                  { Ref: 'AWS::Region' },
                  ':',
                  { Ref: 'AWS::AccountId' },
                  ':',
                  { Ref: 'Api' },
                  `/*/*${path}`,
                ],
              ],
            },
          },
        },
      ]),
    ),
  },
  Outputs: {
    Table: { Value: { Ref: 'Notes' } },
    Url: { Value: { 'Fn::GetAtt': ['Api', 'ApiEndpoint'] } },
    Said: { Value: { Ref: 'Greeting' } },
  },
};

function fixture(): string {
  const assets = { 'f.zip': { path: 'asset.f', packaging: 'zip' } };
  return directoryOf({ ...assemblyFiles({ Notes: { template, assets } }), 'asset.f/index.js': handler });
}

async function start(options: Partial<Parameters<typeof startCloud>[0]> = {}): Promise<Cloud> {
  const cloud = await startCloud({ assembly: fixture(), apiPort: 0, awsPort: 0, onFailure: () => {}, ...options });
  onTestFinished(() => cloud.stop());
  return cloud;
}

function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'batuta-cloud-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return directory;
}

function dynamo(cloud: Cloud): DynamoDBClient {
  const credentials = { accessKeyId: 'anyone', secretAccessKey: 'x' };
  const client = new DynamoDBClient({ endpoint: cloud.awsUrl, region: 'us-east-1', credentials });
  onTestFinished(() => client.destroy());
  return client;
}

const read = async (cloud: Cloud, id: string) =>
  (await dynamo(cloud).send(new GetItemCommand({ TableName: cloud.outputs.Table!, Key: { pk: { S: id } } }))).Item;

const note = (cloud: Cloud, id: string, body: string) =>
  fetch(`${cloud.apiUrl}/notes/${id}`, { method: 'POST', headers: { 'content-type': 'text/plain' }, body });

test('a request goes through API, function and table, and the SDK finds what it wrote', async () => {
  const cloud = await start({ parameters: { Greeting: 'hi' } });
  expect(cloud.outputs).toMatchObject({ Url: cloud.apiUrl, Said: 'hi' });
  expect((await note(cloud, 'n1', 'buy flour')).status).toBe(201);
  expect(await read(cloud, 'n1')).toMatchObject({ pk: { S: 'n1' }, text: { S: 'buy flour' } });
});

test('a call that the function’s role may not make is refused, naming the role and the function', async () => {
  const cloud = await start();
  const { status, body } = JSON.parse(await (await fetch(`${cloud.apiUrl}/spy`)).text());
  expect(status).toBe(400);
  expect(body.message).toMatch(
    /^User: arn:aws:sts::000000000000:assumed-role\/Notes-Role-\w+\/note is not authorized to perform: dynamodb:Scan on resource: arn:aws:dynamodb:.* because no identity-based policy allows the dynamodb:Scan action$/,
  );
});

test('a route that the function’s permissions do not name is a 500, as on AWS', async () => {
  const failures: unknown[] = [];
  const cloud = await start({ onFailure: (_where, error) => failures.push(error) });
  expect((await fetch(`${cloud.apiUrl}/not-permitted`)).status).toBe(500);
  expect(String(failures[0])).toContain('apigateway.amazonaws.com is not authorized to perform: lambda:InvokeFunction');
});

test('what was written is there after a restart from the same data directory', async () => {
  const dataDirectory = newDirectory();
  const first = await start({ dataDirectory });
  await note(first, 'n1', 'keep me');
  await first.stop();
  await first.stop();
  await expect(fetch(first.apiUrl)).rejects.toThrow();
  expect(await read(await start({ dataDirectory }), 'n1')).toMatchObject({ text: { S: 'keep me' } });
});

test('a data directory that another process works in is refused by name, and is free again afterwards', async () => {
  const dataDirectory = newDirectory();
  const cloud = await start({ dataDirectory });
  await expect(start({ dataDirectory })).rejects.toThrow(DataDirectoryInUse);
  const module = resolve('local/kernel/storage.ts');
  const script = `import(${JSON.stringify(module)}).then((m) => m.openStorage(${JSON.stringify(dataDirectory)})).then(() => console.log('opened'), (e) => console.log(e.message))`;
  const elsewhere = async () => (await promisify(execFile)(process.execPath, ['-e', script])).stdout.trim();
  expect(await elsewhere()).toBe(
    `The data directory ${dataDirectory} is in use by another process: stop that one, or choose another directory with --data.`,
  );
  await cloud.stop();
  expect(await elsewhere()).toBe('opened');
});

test('a port in use is an error, and leaves nothing behind', async () => {
  const cloud = await start();
  const dataDirectory = newDirectory();
  const apiPort = Number(new URL(cloud.apiUrl).port);
  await expect(start({ apiPort, dataDirectory })).rejects.toMatchObject({ code: 'EADDRINUSE', port: apiPort });
  expect((await note(await start({ dataDirectory }), 'n1', 'x')).status).toBe(201);
});

test('a template that is not honored stops the start, and leaves nothing behind', async () => {
  const dataDirectory = newDirectory();
  const assembly = directoryOf(
    assemblyFiles({ S: { template: { Resources: { Vm: { Type: 'AWS::EC2::Instance' } } } } }),
  );
  await expect(start({ assembly, dataDirectory })).rejects.toThrow(
    'Stack S, resource Vm: resource type AWS::EC2::Instance',
  );
  await start({ dataDirectory });
});

test('on a fake clock functions see its time', async () => {
  const cloud = await start({ clock: new FakeClock('2030-02-03T04:05:06Z') });
  expect((await note(cloud, 'n1', 'x')).status).toBe(201);
  expect(await read(cloud, 'n1')).toMatchObject({ at: { N: String(Date.parse('2030-02-03T04:05:06Z')) } });
});

test('the mailbox is beside the API, as a page and as JSON', async () => {
  const cloud = await start();
  const page = await fetch(`${cloud.apiUrl}/local/mailbox`);
  expect(page.headers.get('content-type')).toContain('text/html');
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  const json = await fetch(`${cloud.apiUrl}/local/mailbox`, { headers: { accept: 'application/json' } });
  expect(await json.json()).toEqual({ mails: [] });
  expect((await fetch(`${cloud.apiUrl}/local/mailbox`, { method: 'DELETE' })).status).toBe(405);
});
