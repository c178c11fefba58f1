import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Trim {
  /** Path of the module's file, forward slashes. */
  module: RegExp;
  trim(source: string, path: string): string;
}

/** What the SDK's generator writes so that esbuild cannot leave out what is not used; the meaning stays. */
export const trims: readonly Trim[] = [
  { module: /\/@aws-sdk\/client-[\w-]+\/package\.json$/, trim: versionOnly },
  { module: /\/@aws-sdk\/client-[\w-]+\/dist-es\/schemas\/schemas_0\.js$/, trim: trimSchemas },
  { module: /\/@aws-sdk\/client-[\w-]+\/dist-es\/models\/errors\.js$/, trim: trimErrors },
  {
    module: /\/@aws-sdk\/core\/dist-es\/submodules\/client\/util-endpoints\/lib\/aws\/partitions\.js$/,
    trim: trimRegions,
  },
  {
    module: /\/@smithy\/core\/dist-es\/submodules\/schema\/middleware\/schema(S|Des)erializationMiddleware\.js$/,
    trim: (source, path) => withoutCopy(source, /\{\s*\.\.\.config,\s*\.\.\.context,\s*(endpoint,\s*)?\}/, path),
  },
  {
    module: /\/@smithy\/core\/dist-es\/submodules\/endpoints\/middleware-endpoint\/endpointMiddleware\.js$/,
    trim: (source, path) => withoutCopy(source, /\{\s*\.\.\.config\s*\}/, path),
  },
];

/**
 * The SDK copies a client's configuration three times a call, to add a few values to it: seventy properties, a twelfth of what a call takes. An
 * object that inherits from it reads the same.
 */
function withoutCopy(source: string, copy: RegExp, path: string): string {
  const found = copy.exec(source);
  if (!found) throw new Error(`infra/trimmed-clients.ts does not find the copy of the configuration in ${path}`);
  const own = found[0].replace(/^\{\s*\.\.\.config,?/, '{');
  return source.replace(found[0], `Object.assign(Object.create(config), ${own})`);
}

/** The version is all that a client reads of its manifest. */
function versionOnly(source: string): string {
  const { version } = JSON.parse(source) as { version: string };
  return `export default ${JSON.stringify({ version })};`;
}

/** Most regions are told by the form of their name: each has a description besides, which nobody reads. */
function trimRegions(source: string): string {
  return source.replaceAll(/^ +"[a-z0-9-]+": \{\s+"description": "[^"]*"\s+\},?\n/gm, (region) =>
    region.includes('-global"') ? region : '',
  );
}

function trimSchemas(source: string, path: string): string {
  const errors = join(path, '../../models/errors.js');
  return withLiteralKeys(withoutErrors(source, plainErrors(readFileSync(errors, 'utf8'), errors)));
}

/**
 * The schemas of all the operations of a client. esbuild takes `{ [_h]: 1 }` for code with effects and keeps every operation with such a key
 * (44 KB of SES); with the constants' values in place, only those of called operations are left.
 */
function withLiteralKeys(source: string): string {
  const constants = source.matchAll(/^const (_\w+) = ("[^"\\]*");$/gm);
  const values = new Map(Array.from(constants, ([, name, value]) => [name, value]));
  return source.replaceAll(/\[(_\w+)\]:/g, (key, name: string) => (values.has(name) ? `${values.get(name)}:` : key));
}

const errorClass = /^export class (\w+) extends __BaseException \{\n(.*?)^\}\n/gms;

/**
 * Errors that hold nothing but a name and a message. The client makes its base exception with the same name of an error that it does not
 * know: without their classes (8 KB of DynamoDB) only `instanceof` would differ, and an import of one fails the build.
 */
function plainErrors(source: string, path: string): ReadonlySet<string> {
  const plain = new Set<string>();
  // SQS sends other names than those of its classes, and its client translates by the classes.
  if (path.includes('/client-sqs/')) return plain;
  for (const [, name, body] of source.matchAll(errorClass)) {
    const fields = body!.slice(0, body!.indexOf('constructor(')).trim().split('\n');
    if (name && fields.every((field) => /^\s*(static shapeId|name|\$fault) = "/.test(field))) plain.add(name);
  }
  return plain;
}

function trimErrors(source: string, path: string): string {
  const plain = plainErrors(source, path);
  return source.replaceAll(errorClass, (text, name: string) => (plain.has(name) ? '' : text));
}

function withoutErrors(source: string, plain: ReadonlySet<string>): string {
  const trimmed = source
    .replace(/^import \{ (.*), \} from "\.\.\/models\/errors";$/m, (_, names: string) => {
      const kept = names.split(', ').filter((name) => !plain.has(name));
      return `import { ${kept.join(', ')} } from "../models/errors";`;
    })
    .replaceAll(/^n0_registry\.registerError\(\w+\$, (\w+)\);$/gm, (text, name: string) =>
      plain.has(name) ? '' : text,
    );
  // esbuild takes an unknown name for a global: an SDK that is generated otherwise must fail here, not in Lambda.
  const [left] = [...trimmed.matchAll(/\w+(?![\w$"])/g)].filter(([name]) => plain.has(name));
  if (left) throw new Error(`infra/trimmed-clients.ts does not understand how the SDK registers ${left[0]}`);
  return trimmed;
}
