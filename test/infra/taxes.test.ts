import { describe, expect, test } from 'vitest';
import { functions } from '../../infra/functions.ts';
import { assembled, referenced, resourcesOf, statementsOf, synthesized, valueAt } from './synthesized.ts';

const taxing = functions.filter(({ environment }) => environment.includes('TAX_PROVIDER'));

describe('tax=avatax', () => {
  test('the functions that ask for taxes may read the secret, and no other', async () => {
    const { application } = await synthesized('prodWithAvatax');
    const names = taxing.map(({ folder }) => `batuta-prod-${folder.replaceAll('/', '-')}`);
    for (const [, { Properties }] of resourcesOf(application, 'AWS::Lambda::Function')) {
      const name = String(Properties.FunctionName);
      const asks = names.includes(name);
      const variables = Object(valueAt(Properties, 'Environment', 'Variables'));
      expect('AVATAX_SECRET_ARN' in variables, name).toBe(asks);
      if (asks) expect(variables).toMatchObject({ TAX_PROVIDER: 'avatax', AVATAX_API_BASE: { Ref: 'AvataxApiBase' } });
      const statements = statementsOf(application, referenced(Properties.Role) ?? '');
      const reads = statements.some(({ actions }) => actions.includes('secretsmanager:GetSecretValue'));
      expect(reads, name).toBe(asks);
    }
  });

  test('the license key goes over https, save to this machine; the secret outlives the stack', async () => {
    const { application, data } = await synthesized('prodWithAvatax');
    const { AllowedPattern } = Object(Object(application.Parameters).AvataxApiBase);
    const allows = (url: string) => new RegExp(`^(${AllowedPattern})$`).test(url);
    expect(['https://rest.avatax.com', 'https://sandbox-rest.avatax.com', 'http://127.0.0.1:9'].every(allows)).toBe(
      true,
    );
    expect(['http://rest.avatax.com', 'http://127.0.0.1.example.com', 'https://x/path'].some(allows)).toBe(false);
    const [secret] = resourcesOf(data, 'AWS::SecretsManager::Secret');
    expect(secret?.[1].Properties.SecretString).toBeUndefined();
    expect(secret?.[1].DeletionPolicy).toBe('RetainExceptOnCreate');
  });
});

test('who reports to Avalara reads orders, works off its queue and reads the license key, nothing else', async () => {
  const { application } = await synthesized('prodWithAvatax');
  const [, reporter] =
    resourcesOf(application, 'AWS::Lambda::Function').find(
      ([, { Properties }]) => Properties.FunctionName === 'batuta-prod-subscribers-report-taxes',
    ) ?? [];
  const statements = statementsOf(application, referenced(reporter?.Properties.Role) ?? '');
  expect(statements.flatMap(({ actions }) => actions).toSorted()).toEqual([
    'dynamodb:Query',
    'logs:CreateLogStream',
    'logs:PutLogEvents',
    'secretsmanager:GetSecretValue',
    'sqs:DeleteMessage',
    'sqs:GetQueueAttributes',
    'sqs:ReceiveMessage',
    'xray:PutTelemetryRecords',
    'xray:PutTraceSegments',
  ]);
  const variables = Object(valueAt(reporter, 'Properties', 'Environment', 'Variables'));
  expect(Object.keys(variables).toSorted()).toEqual([
    'AVATAX_API_BASE',
    'AVATAX_SECRET_ARN',
    'INVENTORY_TABLE',
    'ORDERS_TABLE',
    'TAX_PROVIDER',
  ]);
});

test('what Avalara is not told of rings an alarm that the runbook has', async () => {
  const { application } = await synthesized('prodWithAvatax');
  const alarm = resourcesOf(application, 'AWS::CloudWatch::Alarm').find(
    ([, { Properties }]) => Properties.AlarmName === 'batuta-prod-report-taxes-dead-letters',
  );
  expect(alarm?.[1].Properties.AlarmDescription).toContain('docs/runbook.md#report-taxes-dead-letters');
});

test('with the table of rates nobody is told of Avalara', async () => {
  const { application, data } = await assembled();
  expect(resourcesOf(data, 'AWS::SecretsManager::Secret')).toEqual([]);
  expect(JSON.stringify(application)).not.toContain('AVATAX');
});
