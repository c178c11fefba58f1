import { expect, test } from 'vitest';
import { accessKeyIdOf, credentialsFor } from '../../../../local/iam/credentials.ts';
import { createIam } from '../../../../local/iam/service.ts';
import type { Principal } from '../../../../local/kernel/kernel.ts';

const place = { region: 'us-east-1', account: '000000000000' };
const roleArn = 'arn:aws:iam::000000000000:role/worker';
const worker: Principal = { kind: 'role', arn: roleArn, session: 'worker-fn' };
const table = 'arn:aws:dynamodb:us-east-1:000000000000:table/orders';
const queue = 'arn:aws:sqs:us-east-1:000000000000:jobs';
const lambdaTrust = trustIn('lambda.amazonaws.com');

function trustIn(service: string) {
  return { Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: service } }] };
}

/** IAM with one role that has these statements, and these further resources. */
function iamWith(statements: object[], others: { type: string; properties: Record<string, unknown> }[] = []) {
  const iam = createIam(place);
  const make = (type: string, properties: Record<string, unknown>) => {
    const handler = iam.service.resources.find((one) => one.type === type)!;
    return handler.provision({ logicalId: type, type, stackName: 'S', properties });
  };
  const Policies =
    statements.length > 0
      ? [{ PolicyName: 'p', PolicyDocument: { Version: '2012-10-17', Statement: statements } }]
      : [];
  make('AWS::IAM::Role', { RoleName: 'worker', AssumeRolePolicyDocument: lambdaTrust, Policies });
  for (const { type, properties } of others) make(type, properties);
  const allowed = (
    action: string,
    resource: string,
    context?: Record<string, string | string[]>,
    principal = worker,
  ) => {
    try {
      iam.authorizer.authorize(principal, action, resource, context);
      return true;
    } catch {
      return false;
    }
  };
  return { ...iam, make, allowed };
}

const allow = (Action: string | string[], Resource: string | string[], more: object = {}) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});
const deny = (Action: string | string[], Resource: string | string[], more: object = {}) => ({
  Effect: 'Deny',
  Action,
  Resource,
  ...more,
});

test('a grant covers its actions and resources, nothing else', () => {
  const { allowed } = iamWith([allow(['dynamodb:GetItem', 'dynamodb:Batch*'], [table, `${table}/index/*`])]);
  expect(allowed('dynamodb:GetItem', table)).toBe(true);
  expect(allowed('dynamodb:getitem', table)).toBe(true);
  expect(allowed('dynamodb:BatchGetItem', table)).toBe(true);
  expect(allowed('dynamodb:Query', table)).toBe(false);
  expect(allowed('dynamodb:GetItem', `${table}/index/by-customer`)).toBe(true);
  expect(allowed('dynamodb:GetItem', `${table}-2`)).toBe(false);
});

test('the refusal has AWS’s words', () => {
  const { authorizer } = iamWith([]);
  expect(() => authorizer.authorize(worker, 'dynamodb:PutItem', table)).toThrow(
    expect.objectContaining({
      code: 'AccessDeniedException',
      message: `User: arn:aws:sts::000000000000:assumed-role/worker/worker-fn is not authorized to perform: dynamodb:PutItem on resource: ${table} because no identity-based policy allows the dynamodb:PutItem action`,
    }),
  );
});

test('an explicit deny wins over any allow, and says so', () => {
  const { allowed, authorizer } = iamWith([allow('dynamodb:*', '*'), deny('dynamodb:Delete*', table)]);
  expect(allowed('dynamodb:PutItem', table)).toBe(true);
  expect(() => authorizer.authorize(worker, 'dynamodb:DeleteItem', table)).toThrow(
    /with an explicit deny in an identity-based policy$/,
  );
});

test('NotAction and NotResource mean everything else', () => {
  const { allowed } = iamWith([
    { Effect: 'Allow', NotAction: 'dynamodb:Delete*', Resource: table },
    { Effect: 'Allow', Action: 'sqs:SendMessage', NotResource: `${queue}-secret` },
  ]);
  expect(allowed('dynamodb:PutItem', table)).toBe(true);
  expect(allowed('dynamodb:DeleteItem', table)).toBe(false);
  expect(allowed('sqs:SendMessage', queue)).toBe(true);
  expect(allowed('sqs:SendMessage', `${queue}-secret`)).toBe(false);
});

test('a wildcard stays inside its part of an ARN, and in the last part reaches over colons', () => {
  const { allowed } = iamWith([
    allow('states:*', 'arn:aws:states:*:000000000000:execution:place-*'),
    allow('sqs:*', 'arn:aws:sqs:*:jobs'),
  ]);
  expect(allowed('states:DescribeExecution', 'arn:aws:states:us-east-1:000000000000:execution:place-order:o-1')).toBe(
    true,
  );
  expect(allowed('states:DescribeExecution', 'arn:aws:states:us-east-1:000000000000:execution:ship:o-1')).toBe(false);
  expect(allowed('sqs:SendMessage', 'arn:aws:sqs:us-east-1:111111111111:x:000000000000:execution')).toBe(false);
});

test.each<[string, object, Record<string, string | string[]> | undefined, boolean]>([
  ['StringEquals matches', { StringEquals: { 'aws:x': 'a' } }, { 'aws:X': 'a' }, true],
  ['StringEquals differs', { StringEquals: { 'aws:x': 'a' } }, { 'aws:x': 'b' }, false],
  ['StringEquals is literal', { StringEquals: { 'aws:x': 'a*' } }, { 'aws:x': 'ab' }, false],
  ['StringEquals without the key', { StringEquals: { 'aws:x': 'a' } }, undefined, false],
  ['StringEqualsIfExists without the key', { StringEqualsIfExists: { 'aws:x': 'a' } }, undefined, true],
  ['StringNotEquals without the key', { StringNotEquals: { 'aws:x': 'a' } }, undefined, true],
  ['StringLike', { StringLike: { 'aws:x': ['z', 'a?c*'] } }, { 'aws:x': 'abcd' }, true],
  ['StringNotLike', { StringNotLike: { 'aws:x': 'a*' } }, { 'aws:x': 'abc' }, false],
  ['ArnLike', { ArnLike: { 'aws:x': 'arn:aws:sqs:*:*:jobs' } }, { 'aws:x': queue }, true],
  ['Bool', { Bool: { 'aws:x': true } }, { 'aws:x': 'true' }, true],
  ['Null true', { Null: { 'aws:x': 'true' } }, undefined, true],
  [
    'ForAllValues, one outside',
    { 'ForAllValues:StringEquals': { 'aws:x': ['a', 'b'] } },
    { 'aws:x': ['a', 'c'] },
    false,
  ],
  ['ForAllValues, all inside', { 'ForAllValues:StringLike': { 'aws:x': ['a*'] } }, { 'aws:x': ['a1', 'a2'] }, true],
  ['ForAllValues, none given', { 'ForAllValues:StringEquals': { 'aws:x': 'a' } }, undefined, true],
  ['ForAnyValue, one inside', { 'ForAnyValue:StringEquals': { 'aws:x': 'a' } }, { 'aws:x': ['b', 'a'] }, true],
  ['ForAnyValue, none given', { 'ForAnyValue:StringEquals': { 'aws:x': 'a' } }, undefined, false],
  ['NumericLessThanEquals', { NumericLessThanEquals: { 'aws:x': 3 } }, { 'aws:x': '3' }, true],
  [
    'two operators, one fails',
    { StringEquals: { 'aws:x': 'a' }, StringLike: { 'aws:y': 'q*' } },
    { 'aws:x': 'a', 'aws:y': 'z' },
    false,
  ],
])('condition: %s', (_, Condition, context, expected) => {
  const { allowed } = iamWith([allow('dynamodb:GetItem', table, { Condition })]);
  expect(allowed('dynamodb:GetItem', table, context)).toBe(expected);
});

test('a decision that depends on a condition is made anew for each request', () => {
  const { allowed } = iamWith([
    allow('dynamodb:GetItem', table, {
      Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': 'ORDER#*' } },
    }),
  ]);
  expect(allowed('dynamodb:GetItem', table, { 'dynamodb:LeadingKeys': ['ORDER#1'] })).toBe(true);
  expect(allowed('dynamodb:GetItem', table, { 'dynamodb:LeadingKeys': ['ORDER#1', 'SKU#1'] })).toBe(false);
  expect(allowed('dynamodb:GetItem', table, { 'dynamodb:LeadingKeys': ['ORDER#2'] })).toBe(true);
});

test.each<[string, object, RegExp]>([
  [
    'an unknown operator',
    allow('s3:*', '*', { Condition: { DateGreaterThan: { 'aws:CurrentTime': 'x' } } }),
    /unknown condition operator DateGreaterThan/,
  ],
  [
    'an inherited name as operator',
    allow('s3:*', '*', { Condition: { constructor: { a: 'x' } } }),
    /unknown condition operator/,
  ],
  ['a policy variable', allow('s3:*', `arn:aws:s3:::b/\${aws:username}`), /policy variables/],
  ['neither action nor NotAction', { Effect: 'Allow', Resource: '*' }, /Action/],
  ['a principal in an identity policy', allow('s3:*', '*', { Principal: '*' }), /Principal/],
  ['an unknown element', allow('s3:*', '*', { Actions: [] }), /Actions/],
])('refused at load: %s', (_, statement, message) => {
  expect(() => iamWith([statement])).toThrow(message);
});

test('policies attached by AWS::IAM::Policy, a customer managed one and the basic execution role all count', () => {
  const { make, allowed } = iamWith([]);
  make('AWS::IAM::Policy', {
    PolicyName: 'x',
    Roles: ['worker'],
    PolicyDocument: { Statement: [allow('sqs:SendMessage', queue)] },
  });
  make('AWS::IAM::ManagedPolicy', {
    Roles: ['worker'],
    PolicyDocument: { Statement: allow('sqs:ReceiveMessage', queue) },
  });
  expect(allowed('sqs:SendMessage', queue)).toBe(true);
  expect(allowed('sqs:ReceiveMessage', queue)).toBe(true);
  make('AWS::IAM::Role', {
    RoleName: 'logger',
    AssumeRolePolicyDocument: lambdaTrust,
    ManagedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'],
  });
  const logger: Principal = { kind: 'role', arn: 'arn:aws:iam::000000000000:role/logger', session: 'l' };
  expect(allowed('logs:PutLogEvents', '*', undefined, logger)).toBe(true);
  expect(allowed('dynamodb:GetItem', table, undefined, logger)).toBe(false);
  const admin = {
    RoleName: 'a',
    AssumeRolePolicyDocument: lambdaTrust,
    ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'],
  };
  expect(() => make('AWS::IAM::Role', admin)).toThrow(/not known to this machine/);
});

test('a service acting by itself needs the resource’s policy, for its source', () => {
  const rule = 'arn:aws:events:us-east-1:000000000000:rule/bus/r1';
  const { allowed } = iamWith(
    [],
    [
      {
        type: 'AWS::SQS::QueuePolicy',
        properties: {
          Queues: ['http://127.0.0.1:4566/000000000000/jobs'],
          PolicyDocument: {
            Statement: {
              ...allow('sqs:SendMessage', queue),
              Principal: { Service: 'events.amazonaws.com' },
              Condition: { ArnEquals: { 'aws:SourceArn': rule } },
            },
          },
        },
      },
    ],
  );
  const events = (sourceArn: string): Principal => ({ kind: 'service', service: 'events.amazonaws.com', sourceArn });
  expect(allowed('sqs:SendMessage', queue, undefined, events(rule))).toBe(true);
  expect(allowed('sqs:SendMessage', queue, undefined, events(`${rule}2`))).toBe(false);
  expect(allowed('sqs:SendMessage', `${queue}2`, undefined, events(rule))).toBe(false);
  expect(
    allowed('sqs:SendMessage', queue, undefined, { kind: 'service', service: 's3.amazonaws.com', sourceArn: rule }),
  ).toBe(false);
});

test('a Lambda permission lets one API’s routes invoke one function', () => {
  const fn = 'arn:aws:lambda:us-east-1:000000000000:function:orders';
  const api = 'arn:aws:execute-api:us-east-1:000000000000:abc';
  const { allowed } = iamWith(
    [],
    [
      {
        type: 'AWS::Lambda::Permission',
        properties: {
          Action: 'lambda:InvokeFunction',
          FunctionName: fn,
          Principal: 'apigateway.amazonaws.com',
          SourceArn: `${api}/*/*/v1/orders/{id}`,
        },
      },
    ],
  );
  const from = (sourceArn: string): Principal => ({ kind: 'service', service: 'apigateway.amazonaws.com', sourceArn });
  expect(allowed('lambda:InvokeFunction', fn, undefined, from(`${api}/$default/GET/v1/orders/{id}`))).toBe(true);
  expect(allowed('lambda:InvokeFunction', `${fn}:$LATEST`, undefined, from(`${api}/$default/GET/v1/orders/{id}`))).toBe(
    true,
  );
  expect(allowed('lambda:InvokeFunction', fn, undefined, from(`${api}/$default/GET/v1/skus`))).toBe(false);
  expect(allowed('lambda:InvokeFunction', fn)).toBe(false);
});

test('a bucket that refuses plain HTTP lets loopback in; naming the account grants nothing by itself, naming the role does', () => {
  const bucket = 'arn:aws:s3:::docs';
  const noHttp = {
    ...deny('s3:*', [bucket, `${bucket}/*`]),
    Principal: { AWS: '*' },
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
  const account = { ...allow('s3:GetObject', `${bucket}/*`), Principal: { AWS: 'arn:aws:iam::000000000000:root' } };
  const role = { ...allow('s3:PutObject', `${bucket}/*`), Principal: { AWS: roleArn } };
  const { allowed } = iamWith(
    [],
    [
      {
        type: 'AWS::S3::BucketPolicy',
        properties: { Bucket: 'docs', PolicyDocument: { Statement: [noHttp, account, role] } },
      },
    ],
  );
  expect(allowed('s3:GetObject', `${bucket}/a/b`)).toBe(false);
  expect(allowed('s3:PutObject', `${bucket}/a/b`)).toBe(true);
});

test('credentials name their role and session; any other key is the operator, who may do anything', () => {
  const { identify, authorizer } = iamWith([]);
  const { accessKeyId, sessionToken } = credentialsFor(roleArn, 'worker-fn');
  expect(accessKeyId).toMatch(/^LOCAL[0-9A-F]{15}$/);
  expect(identify(accessKeyId, sessionToken)).toEqual(worker);
  expect(identify(accessKeyId, sessionToken)).toBe(identify(accessKeyId, sessionToken));
  expect(identify(accessKeyId, undefined)).toEqual({ ...worker, session: 'worker' });
  const anyone = identify(accessKeyIdOf('arn:aws:iam::000000000000:role/unknown'), undefined);
  expect(anyone).toEqual({ kind: 'operator' });
  expect(() => authorizer.authorize(anyone, 'dynamodb:DeleteTable', table)).not.toThrow();
});

test('a role that does not trust the service that would take it on is refused, as a deploy would', () => {
  const { make, check } = iamWith([]);
  const use = (type: string, properties: Record<string, unknown>) =>
    check({ logicalId: 'X', type, stackName: 'S', properties, ref: 'x', attributes: { Arn: 'arn:aws:x:::y' } });
  expect(() => use('AWS::Lambda::Function', { Role: roleArn })).not.toThrow();
  expect(() => use('AWS::StepFunctions::StateMachine', { RoleArn: roleArn })).toThrow(
    /cannot be assumed by states.amazonaws.com/,
  );
  expect(() => use('AWS::Events::Rule', { Targets: [{ Arn: queue }, { RoleArn: roleArn }] })).toThrow(
    /events.amazonaws.com/,
  );
  expect(() => use('AWS::Lambda::Function', { Role: `${roleArn}-2` })).toThrow(/there is no role/);
  make('AWS::IAM::Role', {
    RoleName: 'ticker',
    AssumeRolePolicyDocument: {
      Statement: {
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Principal: { Service: 'scheduler.amazonaws.com' },
        Condition: {
          StringEquals: {
            'aws:SourceAccount': '000000000000',
            'aws:SourceArn': 'arn:aws:scheduler:us-east-1:000000000000:schedule-group/default',
          },
        },
      },
    },
  });
  const RoleArn = 'arn:aws:iam::000000000000:role/ticker';
  expect(() => use('AWS::Scheduler::Schedule', { Target: { RoleArn } })).not.toThrow();
  expect(() => use('AWS::Scheduler::Schedule', { GroupName: 'other', Target: { RoleArn } })).toThrow(
    /cannot be assumed/,
  );
});
