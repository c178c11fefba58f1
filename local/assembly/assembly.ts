import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { AssetIndex, type Assets } from './assets.ts';
import { type Template, templateSchema } from './template.ts';
import { TemplateError } from './template-error.ts';

export interface Stack {
  name: string;
  template: Template;
}

/** What `cdk synth` wrote, ready to provision. */
export interface Assembly {
  /** A stack stands after those it depends on. */
  stacks: Stack[];
  assets: Assets;
}

const manifestSchema = z.looseObject({
  artifacts: z.record(
    z.string(),
    z.looseObject({
      type: z.string(),
      dependencies: z.array(z.string()).default([]),
      properties: z.looseObject({}).default({}),
    }),
  ),
});

const stackProperties = z.looseObject({ templateFile: z.string(), stackName: z.string().optional() });
const assetProperties = z.looseObject({ file: z.string() });
const nestedProperties = z.looseObject({ directoryName: z.string() });

/**
 * Reads a cloud assembly directory (`cdk.out`), stages nested in it included.
 * @throws Error if it is not one; TemplateError for a template section that is not honored
 */
export function readAssembly(directory: string): Assembly {
  const assets = new AssetIndex();
  const stacks = readStacks(directory, assets);
  if (stacks.length === 0) throw new Error(`The cloud assembly ${directory} holds no stack`);
  return { stacks, assets };
}

function readStacks(directory: string, assets: AssetIndex): Stack[] {
  const file = join(directory, 'manifest.json');
  if (!existsSync(file)) throw new Error(`${directory} is no cloud assembly: it has no manifest.json`);
  const { artifacts } = manifestSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  const stacks: Stack[] = [];
  const seen = new Set<string>();
  const visit = (id: string) => {
    const artifact = artifacts[id];
    if (!artifact || seen.has(id)) return;
    seen.add(id);
    for (const dependency of artifact.dependencies) visit(dependency);
    if (artifact.type === 'aws:cloudformation:stack') {
      const { templateFile, stackName } = stackProperties.parse(artifact.properties);
      stacks.push(readStack(stackName ?? id, join(directory, templateFile)));
    } else if (artifact.type === 'cdk:asset-manifest') {
      assets.add(directory, assetProperties.parse(artifact.properties).file);
    } else if (artifact.type === 'cdk:cloud-assembly') {
      stacks.push(...readStacks(join(directory, nestedProperties.parse(artifact.properties).directoryName), assets));
    }
  };
  for (const id of Object.keys(artifacts)) visit(id);
  return stacks;
}

function readStack(name: string, file: string): Stack {
  const result = templateSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (result.success) return { name, template: result.data };
  const issue = result.error.issues[0]!;
  throw new TemplateError(`Stack ${name}, ${issue.path.join('.')}`, issue.message);
}
