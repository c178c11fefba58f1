import { describe, expect, test } from 'vitest';
import { buildApp } from '../../infra/build-app.ts';
import { machines } from '../../shared/workflows/triggers.ts';
import { listAt, resourcesOf, synthesize, valueAt } from './synthesized.ts';

describe('stage', () => {
  test('stands in the names of stacks, bus and functions', async () => {
    const { application, data } = await synthesize({ stage: 'prod' });
    expect(resourcesOf(data, 'AWS::Events::EventBus')[0]?.[1].Properties.Name).toBe('batuta-prod');
    for (const [, { Properties }] of resourcesOf(application, 'AWS::Lambda::Function')) {
      expect(Properties.FunctionName).toMatch(/^batuta-prod-/);
    }
  });

  test.each([
    ['dev', 'Delete', false],
    ['prod', 'RetainExceptOnCreate', true],
  ])('%s: tables and failed records are deleted by %s, tables protected: %s', async (stage, policy, protection) => {
    const { data } = await synthesize({ stage });
    const tables = resourcesOf(data, 'AWS::DynamoDB::GlobalTable');
    expect(tables.length).toBe(5);
    for (const [, resource] of [...tables, ...resourcesOf(data, 'AWS::S3::Bucket')]) {
      expect(resource.DeletionPolicy).toBe(policy);
    }
    for (const [, { Properties }] of tables) {
      const replica = listAt(Properties, 'Replicas')[0];
      expect(valueAt(replica, 'DeletionProtectionEnabled')).toBe(protection);
      expect(valueAt(replica, 'PointInTimeRecoverySpecification', 'PointInTimeRecoveryEnabled')).toBe(true);
    }
  });
});

describe('workflows', () => {
  test.each([
    ['standard', 'STANDARD', 'batuta-dev-place-order'],
    ['express', 'EXPRESS', 'batuta-dev-place-order-express'],
  ])('%s: every machine is %s', async (workflows, type, name) => {
    const { application } = await synthesize({ workflows });
    const made = resourcesOf(application, 'AWS::StepFunctions::StateMachine').map(([, each]) => each.Properties);
    expect(made.map(({ StateMachineType }) => StateMachineType)).toEqual(machines.map(() => type));
    expect(made.map(({ StateMachineName }) => StateMachineName)).toContain(name);
  });
});

test('backorder and tenant reach the functions', async () => {
  const { application } = await synthesize({ backorder: 'deny', tenant: 'doughnuts' });
  const variables = resourcesOf(application, 'AWS::Lambda::Function').map(([, each]) =>
    valueAt(each, 'Properties', 'Environment', 'Variables'),
  );
  const policies = variables.map((each) => valueAt(each, 'ORDER_POLICY')).filter((policy) => policy !== undefined);
  expect(policies.length).toBeGreaterThan(8);
  for (const policy of policies) expect(JSON.parse(String(policy)).backorder).toBe('deny');
  expect(variables.some((each) => valueAt(each, 'TENANT_ID') === 'doughnuts')).toBe(true);
});

test.each([
  [{ workflow: 'express' }, /workflow/],
  [{ workflows: 'fast' }, /workflows/],
  [{ stage: 'Production!' }, /stage/],
])('context %j is refused by name', (context, message) => {
  expect(() => buildApp({ context, outdir: '/nonexistent' })).toThrow(message);
});
