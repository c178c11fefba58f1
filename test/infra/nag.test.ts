import { type App, Stack } from 'aws-cdk-lib';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { beforeAll, expect, test } from 'vitest';
import { nagFindings } from '../../infra/nag.ts';
import { constructsOf } from './synthesized.ts';

let development: App;
beforeAll(async () => {
  development = await constructsOf('development');
});

test('development: cdk-nag finds nothing that is not accepted with a reason', () => {
  expect(nagFindings(development)).toEqual([]);
});

test.each(['production', 'prodWithStripe', 'prodWithAvatax'] as const)('%s: neither', async (variant) => {
  expect(nagFindings(await constructsOf(variant))).toEqual([]);
});

test('nothing is accepted for a whole stack', () => {
  const stacks = development.node.children.filter((child) => child instanceof Stack);
  expect(stacks.length).toBe(3);
  for (const stack of stacks) {
    expect(stack.node.metadata.filter(({ type }) => type === 'aws:cdk:acknowledged-rules')).toEqual([]);
  }
});

test('a queue without a dead letter queue would be found', () => {
  const stack = development.node.children.find((child) => child instanceof Stack);
  new CfnQueue(stack!, 'Careless', {});
  const found = nagFindings(development).filter((finding) => finding.includes('Careless'));
  stack!.node.tryRemoveChild('Careless');
  expect(found.join()).toMatch(/SQS3.*SQSRedrivePolicy/);
});
