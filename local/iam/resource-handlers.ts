import * as z from 'zod';
import type { Resource, ResourceHandler } from '../kernel/kernel.ts';
import { physicalName } from '../kernel/physical-name.ts';
import { awsManagedPolicy } from './managed-policies.ts';
import { compilePolicy, type Statement } from './policy.ts';
import type { PolicyStore } from './policy-store.ts';

interface Place {
  region: string;
  account: string;
}

const policyList = z.array(z.object({ PolicyName: z.string(), PolicyDocument: z.unknown() })).default([]);
const names = z.array(z.string()).default([]);

/** Every kind of policy that a template can hold. */
export function iamResources(store: PolicyStore, place: Place): ResourceHandler[] {
  const customerManaged = new Map<string, Statement[]>();
  return [
    role(store, place, customerManaged),
    inlinePolicy(store),
    managedPolicy(store, place, customerManaged),
    queuePolicy(store, place),
    bucketPolicy(store),
    eventBusPolicy(store, place),
    lambdaPermission(store, place),
  ];
}

function role(store: PolicyStore, { account }: Place, customerManaged: Map<string, Statement[]>): ResourceHandler {
  const shape = z.object({
    RoleName: z.string().optional(),
    Path: z.string().default('/'),
    AssumeRolePolicyDocument: z.unknown(),
    Policies: policyList,
    ManagedPolicyArns: names,
  });
  return {
    type: 'AWS::IAM::Role',
    honored: ['RoleName', 'Path', 'AssumeRolePolicyDocument', 'Policies', 'ManagedPolicyArns'],
    ignored: ['Description', 'Tags', 'MaxSessionDuration'],
    provision(resource) {
      const properties = shape.parse(resource.properties);
      const name = properties.RoleName ?? physicalName(resource, 64);
      const arn = `arn:aws:iam::${account}:role${properties.Path}${name}`;
      store.addRole({
        arn,
        name,
        trust: compilePolicy(properties.AssumeRolePolicyDocument, 'trust'),
        statements: [
          ...properties.Policies.flatMap((policy) => compilePolicy(policy.PolicyDocument, 'identity')),
          ...properties.ManagedPolicyArns.flatMap(
            (policyArn) => customerManaged.get(policyArn) ?? awsManagedPolicy(policyArn),
          ),
        ],
      });
      return { ref: name, attributes: { Arn: arn, RoleId: `AROA${name.slice(0, 16).toUpperCase()}` } };
    },
  };
}

function inlinePolicy(store: PolicyStore): ResourceHandler {
  const shape = z.object({ PolicyName: z.string(), PolicyDocument: z.unknown(), Roles: names });
  return {
    type: 'AWS::IAM::Policy',
    honored: ['PolicyName', 'PolicyDocument', 'Roles'],
    ignored: [],
    provision(resource) {
      const { PolicyName, PolicyDocument, Roles } = shape.parse(resource.properties);
      const statements = compilePolicy(PolicyDocument, 'identity');
      for (const roleName of Roles) store.attach(roleName, statements);
      return { ref: PolicyName, attributes: { Id: PolicyName } };
    },
  };
}

function managedPolicy(
  store: PolicyStore,
  { account }: Place,
  customerManaged: Map<string, Statement[]>,
): ResourceHandler {
  const shape = z.object({
    ManagedPolicyName: z.string().optional(),
    Path: z.string().default('/'),
    PolicyDocument: z.unknown(),
    Roles: names,
  });
  return {
    type: 'AWS::IAM::ManagedPolicy',
    honored: ['ManagedPolicyName', 'Path', 'PolicyDocument', 'Roles'],
    ignored: ['Description'],
    provision(resource) {
      const properties = shape.parse(resource.properties);
      const name = properties.ManagedPolicyName ?? physicalName(resource, 128);
      const arn = `arn:aws:iam::${account}:policy${properties.Path}${name}`;
      const statements = compilePolicy(properties.PolicyDocument, 'identity');
      customerManaged.set(arn, statements);
      for (const roleName of properties.Roles) store.attach(roleName, statements);
      return { ref: arn, attributes: { PolicyArn: arn } };
    },
  };
}

function queuePolicy(store: PolicyStore, { region, account }: Place): ResourceHandler {
  const shape = z.object({ PolicyDocument: z.unknown(), Queues: names });
  return {
    type: 'AWS::SQS::QueuePolicy',
    honored: ['PolicyDocument', 'Queues'],
    ignored: [],
    provision(resource) {
      const { PolicyDocument, Queues } = shape.parse(resource.properties);
      const statements = compilePolicy(PolicyDocument, 'resource');
      for (const url of Queues)
        store.attachToResource(`arn:aws:sqs:${region}:${account}:${url.split('/').at(-1)}`, statements);
      return named(resource);
    },
  };
}

function bucketPolicy(store: PolicyStore): ResourceHandler {
  const shape = z.object({ Bucket: z.string(), PolicyDocument: z.unknown() });
  return {
    type: 'AWS::S3::BucketPolicy',
    honored: ['Bucket', 'PolicyDocument'],
    ignored: [],
    provision(resource) {
      const { Bucket, PolicyDocument } = shape.parse(resource.properties);
      store.attachToResource(`arn:aws:s3:::${Bucket}`, compilePolicy(PolicyDocument, 'resource'));
      return named(resource);
    },
  };
}

function eventBusPolicy(store: PolicyStore, { region, account }: Place): ResourceHandler {
  const shape = z.object({
    EventBusName: z.string().default('default'),
    StatementId: z.string(),
    Statement: z.unknown(),
  });
  return {
    type: 'AWS::Events::EventBusPolicy',
    honored: ['EventBusName', 'StatementId', 'Statement'],
    ignored: [],
    provision(resource) {
      const { EventBusName, Statement: statement } = shape.parse(resource.properties);
      const arn = `arn:aws:events:${region}:${account}:event-bus/${EventBusName}`;
      store.attachToResource(arn, compilePolicy({ Statement: statement }, 'resource'));
      return named(resource);
    },
  };
}

function lambdaPermission(store: PolicyStore, { region, account }: Place): ResourceHandler {
  const shape = z.object({
    Action: z.string(),
    FunctionName: z.string(),
    Principal: z.string(),
    SourceArn: z.string().optional(),
    SourceAccount: z.string().optional(),
  });
  return {
    type: 'AWS::Lambda::Permission',
    honored: ['Action', 'FunctionName', 'Principal', 'SourceArn', 'SourceAccount'],
    ignored: [],
    provision(resource) {
      const { Action, FunctionName, Principal, SourceArn, SourceAccount } = shape.parse(resource.properties);
      const arn = FunctionName.startsWith('arn:')
        ? FunctionName.split(':').slice(0, 7).join(':')
        : `arn:aws:lambda:${region}:${account}:function:${FunctionName.split(':')[0]}`;
      const statement = {
        Effect: 'Allow',
        Action,
        // A name with a dot is a service, anything else an account or a role.
        Principal: /^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(Principal) ? { Service: Principal } : { AWS: Principal },
        Condition: {
          ...(SourceArn ? { ArnLike: { 'aws:SourceArn': SourceArn } } : {}),
          ...(SourceAccount ? { StringEquals: { 'aws:SourceAccount': SourceAccount } } : {}),
        },
      };
      store.attachToResource(arn, compilePolicy({ Statement: statement }, 'resource'));
      return named(resource);
    },
  };
}

function named(resource: Resource) {
  const name = physicalName(resource, 128);
  return { ref: name, attributes: { Id: name } };
}
