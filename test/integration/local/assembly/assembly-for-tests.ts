import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { readAssembly } from '../../../../local/assembly/assembly.ts';
import { provision } from '../../../../local/assembly/provision.ts';
import type { Resource, ResourceHandler, Service } from '../../../../local/kernel/kernel.ts';
import { openStorage } from '../../../../local/kernel/storage.ts';

/** A directory of these files (a value that is no string is written as JSON), gone when the test is over. */
export function directoryOf(files: Record<string, unknown>): string {
  const directory = mkdtempSync(join(tmpdir(), 'batuta-assembly-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return directory;
}

export interface StackFiles {
  template: object;
  dependencies?: string[];
  assets?: Record<string, { path: string; packaging: string }>;
}

/** A cloud assembly as `cdk synth` writes it: a manifest, and for each stack a template and an asset manifest. */
export function assemblyFiles(stacks: Record<string, StackFiles>): Record<string, unknown> {
  const artifacts: Record<string, object> = {};
  const files: Record<string, unknown> = {};
  for (const [name, { template, dependencies = [], assets = {} }] of Object.entries(stacks)) {
    files[`${name}.template.json`] = template;
    files[`${name}.assets.json`] = { version: '55.0.0', files: assetEntries(assets) };
    artifacts[`${name}.assets`] = { type: 'cdk:asset-manifest', properties: { file: `${name}.assets.json` } };
    artifacts[name] = {
      type: 'aws:cloudformation:stack',
      environment: 'aws://unknown-account/unknown-region',
      properties: { templateFile: `${name}.template.json`, validateOnSynth: false },
      dependencies: [...dependencies, `${name}.assets`],
      displayName: name,
    };
  }
  return { 'manifest.json': { version: '55.0.0', artifacts }, ...files };
}

function assetEntries(assets: Record<string, { path: string; packaging: string }>) {
  return Object.fromEntries(
    Object.entries(assets).map(([objectKey, source]) => [
      objectKey,
      { source, destinations: { 'current_account-current_region': { bucketName: 'assets', objectKey } } },
    ]),
  );
}

const things: ResourceHandler = {
  type: 'Test::Thing',
  honored: ['Name', 'Value', 'Nested.*.Kept', 'Map.*'],
  ignored: ['Tags'],
  provision: ({ logicalId, stackName }) => ({
    ref: `ref-${logicalId}`,
    attributes: { Arn: `arn:${stackName}:${logicalId}`, 'Dotted.Name': 'd' },
  }),
};

/** Provisions stacks of `Test::Thing`; answers what their handler was given. */
export async function provisionStacks(
  stacks: Record<string, StackFiles>,
  options: { parameters?: Record<string, string>; services?: Service[] } = {},
) {
  const made: Resource[] = [];
  const service: Service = {
    name: 'test',
    call: async () => ({}),
    resources: [
      {
        ...things,
        provision(resource) {
          if (resource.properties.Name === 'broken') throw new Error('this thing is broken');
          made.push(resource);
          return things.provision(resource);
        },
      },
    ],
  };
  const storage = openStorage();
  onTestFinished(() => storage.close());
  const assembly = readAssembly(directoryOf(assemblyFiles(stacks)));
  const target = { region: 'us-east-1', account: '000000000000', storage };
  const provisioned = await provision(assembly, target, {
    services: options.services ?? [service],
    parameters: options.parameters ?? {},
  });
  return { ...provisioned, made };
}

/** Provisions one stack `S` with one thing; answers its resolved properties. */
export async function resolved(
  properties: object,
  sections: object = {},
  parameters: Record<string, string> = {},
): Promise<Record<string, unknown>> {
  const other = { Other: { Type: 'Test::Thing' } };
  const { Resources: more, ...rest } = { Resources: {}, ...sections };
  const template = { ...rest, Resources: { Mine: { Type: 'Test::Thing', Properties: properties }, ...other, ...more } };
  const { made } = await provisionStacks({ S: { template } }, { parameters });
  return made.find(({ logicalId }) => logicalId === 'Mine')!.properties;
}
