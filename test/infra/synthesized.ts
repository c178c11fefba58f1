import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { App } from 'aws-cdk-lib';
import { afterAll, vi } from 'vitest';
import { buildApp } from '../../infra/build-app.ts';
import { bundleFunctions } from '../../infra/bundle-functions.ts';
import { type Template, type TemplateResource, templateSchema } from '../../local/assembly/template.ts';

export interface Synthesized {
  app: App;
  data: Template;
  application: Template;
}

// A synthesis takes two seconds, on a busy machine ten.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const directories: string[] = [];
afterAll(() => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});

/** A directory that is gone after the tests of the file: an assembly is 8 MB. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'batuta-infra-'));
  directories.push(directory);
  return directory;
}

let bundled: Promise<unknown> | undefined;

/** Bundles once for all tests of a file, then synthesizes in process. */
export async function synthesize(context: Record<string, string> = {}): Promise<Synthesized> {
  bundled ??= bundleFunctions();
  await bundled;
  const directory = temporaryDirectory();
  const app = buildApp({ outdir: directory, context });
  const assembly = app.synth();
  const template = (name: string) =>
    templateSchema.parse(assembly.getStackByName(`Batuta-${context.stage ?? 'dev'}-${name}`).template);
  return { app, data: template('Data'), application: template('App') };
}

/** A template's resources of one type, by logical id. */
export function resourcesOf(template: Template, type: string): [string, TemplateResource][] {
  return Object.entries(template.Resources).filter(([, resource]) => resource.Type === type);
}

/** A value deep in a template: `valueAt(resource, 'Properties', 'Targets', 0)`; undefined where there is none. */
export function valueAt(value: unknown, ...path: (string | number)[]): unknown {
  let at: unknown = value;
  for (const key of path) at = typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined;
  return at;
}

export const listAt = (value: unknown, ...path: (string | number)[]): unknown[] => {
  const list = valueAt(value, ...path);
  return Array.isArray(list) ? list : [];
};

/** The logical id that a Ref or Fn::GetAtt names. */
export function referenced(value: unknown): string | undefined {
  const name = valueAt(value, 'Ref') ?? valueAt(value, 'Fn::GetAtt', 0);
  return typeof name === 'string' ? name : undefined;
}

/** Every statement of the policies of a role, wherever they stand. */
export function statementsOf(template: Template, roleId: string): { actions: string[]; resources: unknown[] }[] {
  const policies = resourcesOf(template, 'AWS::IAM::Policy').filter(([, policy]) =>
    listAt(policy, 'Properties', 'Roles').some((role) => referenced(role) === roleId),
  );
  return policies.flatMap(([, policy]) =>
    listAt(policy, 'Properties', 'PolicyDocument', 'Statement').map((statement) => ({
      actions: [valueAt(statement, 'Action')].flat().map(String),
      resources: [valueAt(statement, 'Resource')].flat(),
    })),
  );
}
