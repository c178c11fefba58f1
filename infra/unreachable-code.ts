import { readFileSync } from 'node:fs';
import type { Plugin } from 'esbuild';
import { trims as stripeTrims } from './trimmed-stripe.ts';
import { trims as zodTrims } from './trimmed-zod.ts';

interface Stub {
  /** Path of the module's file, forward slashes. */
  module: RegExp;
  why: string;
  /** What stands in for it: whatever gets there all the same is told so. */
  contents: string;
}

const refuse = (what: string): string => `throw new Error(${JSON.stringify(`${what} is left out of the bundles`)});`;

/**
 * What libraries carry for others and no function can reach, two fifths of a bundle: less to fetch and to parse at each cold start.
 * The end-to-end tests run the bundles.
 */
export const stubs: readonly Stub[] = [
  {
    module: /\/zod\/v4\/core\/to-json-schema\.js$/,
    why: 'The OpenAPI document is made when the functions are bundled. Each schema asks for these two as it is made.',
    contents: `const refuse = () => { ${refuse('JSON Schema of zod')} };
      export const createToJSONSchemaMethod = () => refuse, createStandardJSONSchemaMethod = () => refuse;`,
  },
  {
    module: /\/zod\/v4\/core\/json-schema-processors\.js$/,
    why: 'Called by the above only: what is missing here is never asked for.',
    contents: `export const toJSONSchema = () => { ${refuse('JSON Schema of zod')} };`,
  },
  {
    module: /\/zod\/v4\/core\/json-schema-generator\.js$/,
    why: 'Nobody asks for it.',
    contents: `export class JSONSchemaGenerator { constructor() { ${refuse('JSON Schema of zod')} } }`,
  },
  {
    module: /\/zod\/v4\/core\/memoizer\.js$/,
    why: 'For values that hold themselves: JSON never does. Its absence is a mode of zod, that of zod/mini.',
    contents: `const refuse = () => { ${refuse('z.compile() of zod')} };
      export const memoizer = () => undefined, isBackEdge = refuse, isRecursiveSchema = refuse;`,
  },
  {
    module: /\/@formatjs\/icu-skeleton-parser\/index\.js$/,
    why: 'For messages with formats such as {total, number, ::currency/EUR}: ours are given money and dates as text. Fails with INVALID_NUMBER_SKELETON.',
    contents: `const refuse = () => { ${refuse('The parser of "::" in messages')} };
      export const parseDateTimeSkeleton = refuse, parseNumberSkeleton = refuse, parseNumberSkeletonFromString = refuse;`,
  },
];

export const trims = [...stripeTrims, ...zodTrims];

/** Leaves all of it out. */
export const unreachableCode: Plugin = {
  name: 'unreachable-code',
  setup({ onLoad }) {
    for (const { module, contents } of stubs) onLoad({ filter: module }, () => ({ contents, loader: 'js' }));
    for (const { module, trim } of trims) {
      onLoad({ filter: module }, ({ path }) => ({ contents: trim(readFileSync(path, 'utf8'), path), loader: 'js' }));
    }
  },
};
