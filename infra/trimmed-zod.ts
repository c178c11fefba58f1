import type { Trim } from './trimmed-clients.ts';

/** What each schema of zod carries, whether or not anybody calls it: esbuild cannot tell. Three tenths of zod. */
export const trims: readonly Trim[] = [
  {
    module: /\/zod\/v4\/classic\/schemas\.js$/,
    trim: (source) => [withNamespace, withoutFormats, withoutMethods, withoutJsonSchema].reduce(trimmed, source),
  },
];

function trimmed(source: string, trim: (source: string) => string): string {
  const result = trim(source);
  if (result === source)
    throw new Error(`infra/trimmed-zod.ts does not understand this zod: ${trim.name} finds nothing`);
  return result;
}

/** esbuild keeps the whole of a namespace that is an export itself: 6 KB. */
const withNamespace = (source: string): string =>
  source.replace('import { util } from "../core/index.js";', 'import * as util from "../core/util.js";');

/**
 * `z.string().email()` and its kind, which zod 4 deprecates, bring a class and a regular expression for each format there is: 10 KB.
 * `z.email()` stays, and brings its own only.
 */
const withoutFormats = (source: string): string =>
  source.replaceAll(/^ {4}\w+\(params\) \{\n {8}return this\.check\(core\._\w+\(Zod\w+, params\)\);\n {4}\},?\n/gm, '');

/** Methods that no schema of ours calls. One that does fails as its function starts: "is not a function". */
const uncalled = [
  'and',
  'nonoptional',
  'exactOptional',
  'catch',
  'normalize',
  'slugify',
  'validate',
  'validateAsync',
  'encode',
  'encodeAsync',
  'safeEncode',
  'safeEncodeAsync',
  'decode',
  'decodeAsync',
  'safeDecode',
  'safeDecodeAsync',
].join('|');

const withoutMethods = (source: string): string =>
  source.replaceAll(
    new RegExp(`^ {4}(async )?(${uncalled})(: (async )?function \\w+)?\\(.*?\\) \\{\\n.*?^ {4}\\},?\\n`, 'gms'),
    '',
  );

/** Each schema says how it is told as JSON Schema, which infra/unreachable-code.ts leaves out. */
const withoutJsonSchema = (source: string): string =>
  source.replaceAll(/^ {4}inst\._zod\.processJSONSchema = .*;\n/gm, '');
