import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bundleAndSynth } from '../../infra/bundle-and-synth.ts';
import { functions } from '../../infra/functions.ts';
import { paths } from '../../infra/paths.ts';
import {
  assembled,
  referenced,
  resourcesOf,
  statementsOf,
  synthesized,
  type Templates,
  valueAt,
} from './synthesized.ts';

const secretReaders = ({ application }: Templates): string[] =>
  resourcesOf(application, 'AWS::Lambda::Function')
    .filter(([, { Properties }]) =>
      statementsOf(application, referenced(Properties.Role) ?? '').some(({ actions }) =>
        actions.some((action) => action.startsWith('secretsmanager:')),
      ),
    )
    .map(([, { Properties }]) => String(Properties.FunctionName))
    .toSorted();

describe('payments=stripe', () => {
  test('the functions that pay may read the secret, and no other', async () => {
    const { application } = await synthesized('prodWithStripe');
    const paying = functions.filter(({ environment }) => environment.includes('PAYMENT_PROVIDER'));
    expect(paying.map(({ folder }) => folder)).toEqual([
      'api/fulfillments',
      'api/payments',
      'steps/authorize-payment',
      'steps/capture-payment',
      'steps/deliver-digital',
      'steps/settle-payment',
    ]);
    const names = paying.map(({ folder }) => `batuta-prod-${folder.replaceAll('/', '-')}`);
    expect(secretReaders(await synthesized('prodWithStripe'))).toEqual(names.toSorted());
    for (const [, { Properties }] of resourcesOf(application, 'AWS::Lambda::Function')) {
      const pays = names.includes(String(Properties.FunctionName));
      const variables = valueAt(Properties, 'Environment', 'Variables') ?? {};
      expect('STRIPE_SECRET_ARN' in Object(variables), String(Properties.FunctionName)).toBe(pays);
      if (pays) expect(valueAt(variables, 'PAYMENT_PROVIDER')).toBe('stripe');
    }
  });

  test('steps lose the sandbox`s book; who books carriers keeps what the carrier needs', async () => {
    const { application } = await synthesized('prodWithStripe');
    const variables = (name: string) =>
      valueAt(
        resourcesOf(application, 'AWS::Lambda::Function').find(
          ([, each]) => each.Properties.FunctionName === name,
        )?.[1],
        'Properties',
        'Environment',
        'Variables',
      );
    expect(valueAt(variables('batuta-prod-steps-capture-payment'), 'SANDBOX_TABLE')).toBeUndefined();
    expect(valueAt(variables('batuta-prod-api-fulfillments'), 'SANDBOX_TABLE')).toBeDefined();
  });

  test('the secret outlives the stack and holds no key of ours', async () => {
    const { data } = await synthesized('prodWithStripe');
    const [secret] = resourcesOf(data, 'AWS::SecretsManager::Secret');
    expect(secret?.[1].Properties.SecretString).toBeUndefined();
    expect(secret?.[1].DeletionPolicy).toBe('RetainExceptOnCreate');
  });
});

test('without it there is no secret, and nobody may read any', async () => {
  const templates = await assembled();
  expect(resourcesOf(templates.data, 'AWS::SecretsManager::Secret')).toEqual([]);
  expect(secretReaders(templates)).toEqual([]);
});

test('Stripe`s package is in the layer with what payments use of it: two of its two hundred resources, errors, webhooks', async () => {
  await bundleAndSynth();
  const layer = createRequire(join(paths.layer, 'nodejs/index.js'));
  const { Stripe } = layer('stripe');
  const stripe = new Stripe('sk_test_x');
  expect(typeof stripe.paymentIntents.capture).toBe('function');
  expect(typeof stripe.refunds.list).toBe('function');
  expect(stripe.subscriptions.create).toBeUndefined();
  expect(typeof Stripe.webhooks.constructEvent).toBe('function');
});
