import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { operator } from '../../../../local/kernel/kernel.ts';
import { createParameterStore } from '../../../../local/parameters/service.ts';
import { createSecrets } from '../../../../local/secrets/service.ts';
import { kernelForTests } from '../kernel-for-tests.ts';

describe('parameters', () => {
  test('are read one by one and several at once, and count their versions', async () => {
    const kernel = kernelForTests();
    const ssm = createParameterStore(kernel);
    const provision = (Value: string) =>
      kernel.provision(ssm, 'AWS::SSM::Parameter', 'Bus', { Name: '/batuta/bus', Type: 'String', Value });
    provision('first');
    provision('second');
    expect(await ssm.call('GetParameter', { Name: '/batuta/bus' }, operator)).toMatchObject({
      Parameter: { Value: 'second', Version: 2, ARN: 'arn:aws:ssm:eu-west-1:111122223333:parameter/batuta/bus' },
    });
    expect(await ssm.call('GetParameters', { Names: ['/batuta/bus', '/none'] }, operator)).toMatchObject({
      Parameters: [{ Name: '/batuta/bus' }],
      InvalidParameters: ['/none'],
    });
    await expect(ssm.call('GetParameter', { Name: '/none' }, operator)).rejects.toMatchObject({
      code: 'ParameterNotFound',
    });
    kernel.deny = ({ action }) => action === 'ssm:GetParameter';
    await expect(ssm.call('GetParameter', { Name: '/batuta/bus' }, operator)).rejects.toMatchObject({
      code: 'AccessDeniedException',
    });
  });
});

describe('a list of parameters', () => {
  test('goes page by page, or by path with or without what is further below', async () => {
    const kernel = kernelForTests();
    const ssm = createParameterStore(kernel);
    for (const Name of ['/shop/bus', '/shop/deep/key', '/other', 'plain']) {
      kernel.provision(ssm, 'AWS::SSM::Parameter', Name, { Name, Type: 'String', Value: 'v' });
    }
    const ask = async (operation: string, input: object) => {
      const answer = (await ssm.call(operation, input, operator)) as {
        Parameters: { Name: string; Value?: string }[];
        NextToken?: string;
      };
      return { ...answer, names: answer.Parameters.map(({ Name }) => Name) };
    };
    const first = await ask('DescribeParameters', { MaxResults: 3 });
    expect(first.names).toEqual(['/other', '/shop/bus', '/shop/deep/key']);
    expect(first.Parameters[0]?.Value).toBeUndefined();
    const second = await ask('DescribeParameters', { MaxResults: 3, NextToken: first.NextToken });
    expect([second.names, second.NextToken]).toEqual([['plain'], undefined]);
    expect((await ask('GetParametersByPath', { Path: '/shop' })).names).toEqual(['/shop/bus']);
    const below = await ask('GetParametersByPath', { Path: '/shop/', Recursive: true });
    expect(below.Parameters).toMatchObject([{ Name: '/shop/bus', Value: 'v' }, { Name: '/shop/deep/key' }]);
    expect((await ask('GetParametersByPath', { Path: '/' })).names).toEqual(['/other', 'plain']);
  });
});

describe('secrets', () => {
  test('are listed and described without their values', async () => {
    const kernel = kernelForTests();
    const secrets = createSecrets(kernel);
    for (const Name of ['a', 'b', 'c']) {
      kernel.provision(secrets, 'AWS::SecretsManager::Secret', Name, { Name, SecretString: 'hidden' });
    }
    const first = await secrets.call('ListSecrets', { MaxResults: 2 }, operator);
    expect(first).toMatchObject({ SecretList: [{ Name: 'a' }, { Name: 'b' }], NextToken: 'b' });
    expect(await secrets.call('ListSecrets', { NextToken: 'b' }, operator)).toMatchObject({
      SecretList: [{ Name: 'c' }],
    });
    const described = await secrets.call('DescribeSecret', { SecretId: 'a' }, operator);
    expect(described).toMatchObject({ Name: 'a', ARN: expect.stringContaining(':secret:a-') });
    expect(JSON.stringify([first, described])).not.toContain('hidden');
    await expect(secrets.call('DescribeSecret', { SecretId: 'none' }, operator)).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
    });
  });

  test('are generated once by the rules of the template and outlive a restart', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'secrets-'));
    const properties = {
      GenerateSecretString: {
        SecretStringTemplate: '{"user":"admin"}',
        GenerateStringKey: 'key',
        PasswordLength: 40,
        ExcludePunctuation: true,
        ExcludeCharacters: 'abc0',
      },
    };
    try {
      const values: string[] = [];
      for (const _ of ['first start', 'second start']) {
        const kernel = kernelForTests(directory);
        const secrets = createSecrets(kernel);
        const { ref } = kernel.provision(secrets, 'AWS::SecretsManager::Secret', 'Signing', properties);
        const answer = (await secrets.call('GetSecretValue', { SecretId: ref }, operator)) as { SecretString: string };
        expect(secrets.secretString(ref)).toBe(answer.SecretString);
        values.push(answer.SecretString);
        await kernel.storage.close();
      }
      expect(values[1]).toBe(values[0]);
      const { user, key } = JSON.parse(values[0]!);
      expect(user).toBe('admin');
      expect(key).toMatch(/^[A-Zd-z1-9]{40}$/);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  test('a value that was put stays when the template is provisioned again', async () => {
    const kernel = kernelForTests();
    const secrets = createSecrets(kernel);
    const provision = () =>
      kernel.provision(secrets, 'AWS::SecretsManager::Secret', 'Key', { Name: 'stripe', SecretString: 'initial' });
    provision();
    await secrets.call('PutSecretValue', { SecretId: 'stripe', SecretString: 'real' }, operator);
    provision();
    expect(await secrets.call('GetSecretValue', { SecretId: 'stripe' }, operator)).toMatchObject({
      SecretString: 'real',
      VersionStages: ['AWSCURRENT'],
    });
  });

  test('nobody reads a secret without a grant on it', async () => {
    const kernel = kernelForTests();
    const secrets = createSecrets(kernel);
    const { ref } = kernel.provision(secrets, 'AWS::SecretsManager::Secret', 'Key', { Name: 'stripe' });
    kernel.deny = ({ resource }) => resource === ref;
    await expect(secrets.call('GetSecretValue', { SecretId: 'stripe' }, operator)).rejects.toMatchObject({
      code: 'AccessDeniedException',
    });
    await expect(secrets.call('GetSecretValue', { SecretId: 'none' }, operator)).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
    });
  });
});
