import { Stack } from 'aws-cdk-lib';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { expect, test } from 'vitest';
import { nagFindings } from '../../infra/nag.ts';
import { synthesize } from './synthesized.ts';

const development = { stage: 'dev', workflows: 'standard' };
const production = { stage: 'prod', workflows: 'express' };

test.each([development, production])(
  '$stage with $workflows workflows: cdk-nag finds nothing that is not accepted with a reason',
  async (context) => {
    const { app } = await synthesize(context);
    expect(nagFindings(app)).toEqual([]);
  },
);

test('nothing is accepted for a whole stack', async () => {
  const { app } = await synthesize(development);
  for (const stack of app.node.children.filter((child) => child instanceof Stack)) {
    expect(stack.node.metadata.filter(({ type }) => type === 'aws:cdk:acknowledged-rules')).toEqual([]);
  }
});

test('a queue without a dead letter queue would be found', async () => {
  const { app } = await synthesize(development);
  const stack = app.node.children.find((child) => child instanceof Stack);
  new CfnQueue(stack!, 'Careless', {});
  const found = nagFindings(app).filter((finding) => finding.includes('Careless'));
  stack!.node.tryRemoveChild('Careless');
  expect(found.join()).toMatch(/SQS3.*SQSRedrivePolicy/);
});
