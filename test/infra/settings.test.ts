import { describe, expect, test } from 'vitest';
import { buildApp } from '../../infra/build-app.ts';
import { machines } from '../../shared/workflows/triggers.ts';
import { listAt, resourcesOf, synthesized, valueAt } from './synthesized.ts';

describe('stage', () => {
  test('stands in the names of stacks, bus and functions', async () => {
    const { application, data } = await synthesized('doughnuts');
    expect(resourcesOf(data, 'AWS::Events::EventBus')[0]?.[1].Properties.Name).toBe('batuta-prod');
    for (const [, { Properties }] of resourcesOf(application, 'AWS::Lambda::Function')) {
      expect(Properties.FunctionName).toMatch(/^batuta-prod-/);
    }
  });

  test.each([
    ['development', 'Delete', false],
    ['doughnuts', 'RetainExceptOnCreate', true],
  ] as const)(
    '%s: tables and failed records are deleted by %s, tables protected: %s',
    async (variant, policy, protection) => {
      const { data } = await synthesized(variant);
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
    },
  );
});

describe('workflows', () => {
  test.each([
    ['development', 'STANDARD', 'batuta-dev-place-order'],
    ['doughnuts', 'EXPRESS', 'batuta-prod-place-order-express'],
  ] as const)('%s: every machine is %s', async (variant, type, name) => {
    const { application } = await synthesized(variant);
    const made = resourcesOf(application, 'AWS::StepFunctions::StateMachine').map(([, each]) => each.Properties);
    expect(made.map(({ StateMachineType }) => StateMachineType)).toEqual(machines.map(() => type));
    expect(made.map(({ StateMachineName }) => StateMachineName)).toContain(name);
  });
});

test('backorder and tenant reach the functions', async () => {
  const { application } = await synthesized('doughnuts');
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
