import { Stack } from 'aws-cdk-lib';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { expect, test } from 'vitest';
import { nagFindings } from '../../infra/nag.ts';
import { synthesize } from './synthesized.ts';

test.each([
  ['dev', 'standard'],
  ['prod', 'express'],
])('%s with %s workflows: cdk-nag finds nothing that is not accepted with a reason', async (stage, workflows) => {
  const { app } = await synthesize({ stage, workflows });
  expect(nagFindings(app)).toEqual([]);
});

test('nothing is accepted for a whole stack', async () => {
  const { app } = await synthesize();
  for (const stack of app.node.children.filter((child) => child instanceof Stack)) {
    expect(stack.node.metadata.filter(({ type }) => type === 'aws:cdk:acknowledged-rules')).toEqual([]);
  }
});

test('a queue without a dead letter queue would be found', async () => {
  const { app } = await synthesize();
  const stack = app.node.children.find((child) => child instanceof Stack);
  new CfnQueue(stack!, 'Careless', {});
  expect(
    nagFindings(app)
      .filter((finding) => finding.includes('Careless'))
      .join(),
  ).toMatch(/SQS3.*SQSRedrivePolicy/);
});
