import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { paths } from './paths.ts';

/** Sources, context and the assembly are as they were when it was made. Loads nothing of what makes it. */
export function isMade(assembly: string, context: Record<string, string>): boolean {
  const stampFile = stampOf(assembly);
  if (!existsSync(stampFile) || !existsSync(join(assembly, 'manifest.json'))) return false;
  return readFileSync(stampFile, 'utf8') === stamp(inputsHash(context), assembly);
}

/** @param inputs `inputsHash` of before it was made: what changed meanwhile may not be in it */
export function noteMade(assembly: string, inputs: string): void {
  const stampFile = stampOf(assembly);
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, stamp(inputs, assembly));
}

const stamp = (inputs: string, assembly: string) => JSON.stringify({ inputs, outputs: outputsHash(assembly) });

const stampOf = (assembly: string) =>
  join(paths.root, 'dist/assemblies', `${digest([relative(paths.root, assembly)]).slice(0, 16)}.json`);

/** Everything that the assembly is made of. */
const INPUTS = ['functions/**/*', 'shared/**/*', 'state-machines/**/*', 'infra/**/*', 'package-lock.json', 'cdk.json'];

export function inputsHash(context: Record<string, string>): string {
  const files = filesIn(paths.root, INPUTS);
  return digest([process.version, JSON.stringify(Object.entries(context).sort()), ...contentsOf(files, paths.root)]);
}

export const filesIn = (directory: string, patterns: string | string[]): string[] =>
  globSync(patterns, { cwd: directory, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();

/** Notices that somebody synthesized something else into the same directory, or deleted from it. */
function outputsHash(assembly: string): string {
  const files = globSync('*', { cwd: assembly, withFileTypes: true });
  const json = files.filter((entry) => entry.isFile() && entry.name.endsWith('.json'));
  return digest([
    ...files.map((entry) => entry.name).sort(),
    ...contentsOf(json.map((entry) => join(assembly, entry.name)).sort(), assembly),
  ]);
}

export function* contentsOf(files: string[], base: string): Generator<string | Buffer> {
  for (const file of files) {
    yield relative(base, file);
    yield readFileSync(file);
  }
}

/** Each part is hashed with its length, so that parts cannot flow into each other. */
export function digest(parts: Iterable<string | Buffer>): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part);
  return hash.digest('hex');
}
