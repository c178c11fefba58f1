import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { App } from 'aws-cdk-lib';
import { afterAll, expect, vi } from 'vitest';
import { bundleAndSynth } from '../../infra/bundle-and-synth.ts';
import { Synthesizer } from '../../infra/synthesizer.ts';
import { type Template, type TemplateResource, templateSchema } from '../../local/assembly/template.ts';
import { assemblyOf, type Variant, variants } from '../assemblies.ts';

export interface Templates {
  data: Template;
  application: Template;
  api: Template;
}

// A file that is run alone, on a busy machine, bundles and synthesizes first.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const synthesizer = new Synthesizer();
afterAll(() => synthesizer.stop());

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

function templatesIn(assembly: string, stage: string): Templates {
  const template = (name: string): Template =>
    templateSchema.parse(JSON.parse(readFileSync(join(assembly, `Batuta-${stage}-${name}.template.json`), 'utf8')));
  return { data: template('Data'), application: template('App'), api: template('Api') };
}

/** The templates of `cdk.out`, which `npm test` has made from the sources as they are: without context. */
export async function assembled(): Promise<Templates> {
  const { assembly } = await bundleAndSynth();
  return templatesIn(assembly, 'dev');
}

const stageOf = (context: Record<string, string>): string => context.stage ?? 'dev';
const known = new Map<Variant, Promise<Templates>>();

/** The templates of another installation, read once a file. */
export function synthesized(variant: Variant): Promise<Templates> {
  const templates =
    known.get(variant) ??
    assemblyOf(variant, synthesizer).then((assembly) => templatesIn(assembly, stageOf(variants[variant])));
  known.set(variant, templates);
  return templates;
}

/** The constructs behind the templates of an installation, synthesized in this process. Who asks must leave them as they are. */
export async function constructsOf(variant: Variant): Promise<App> {
  const context = variants[variant];
  const templates = await synthesized(variant);
  // Only here: most files read templates, and the library takes a second to load.
  const { buildApp } = await import('../../infra/build-app.ts');
  const app = buildApp({ outdir: temporaryDirectory(), context });
  // CDK's engine has checked these very templates, in the process that wrote them.
  vi.stubEnv('CDK_VALIDATION', 'false');
  const { directory } = app.synth();
  vi.unstubAllEnvs();
  expect(templatesIn(directory, stageOf(context))).toEqual(templates);
  return app;
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

/** The logical id, in the template that exports it, of what an Fn::ImportValue in another names. */
export function imported(from: Template, value: unknown): string | undefined {
  const name = valueAt(value, 'Fn::ImportValue');
  const output = Object.values(from.Outputs).find((each) => name !== undefined && each.Export?.Name === name);
  return referenced(output?.Value);
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
