import { globSync } from 'node:fs';
import { createRequire } from 'node:module';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { ownClients } from '../../infra/own-clients.ts';
import { paths } from '../../infra/paths.ts';
import { stubs, trims, unreachableCode } from '../../infra/unreachable-code.ts';

/** What the default export of a module returns, bundled as functions are and called in this process. */
async function inBundle(contents: string): Promise<unknown> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: paths.root },
    bundle: true,
    format: 'cjs',
    platform: 'node',
    mainFields: ['module', 'main'],
    minify: true,
    plugins: [ownClients, unreachableCode],
    write: false,
    logLevel: 'silent',
  });
  const module: { exports: { default?: () => unknown } } = { exports: {} };
  new Function('module', 'require', outputFiles[0]?.text ?? '')(module, createRequire(import.meta.url));
  return module.exports.default?.();
}

test.each([...stubs, ...trims].map(({ module }) => [String(module), module]))('%s is still there', (_, module) => {
  const files = globSync('node_modules/{@formatjs,stripe,zod}/**/{*.js,package.json}', {
    cwd: paths.root,
  });
  expect(files.filter((file) => module.test(`/${file.replaceAll('\\', '/')}`))).not.toEqual([]);
});

test('schemas say the same of the same values as outside of a bundle', async () => {
  const results = `[
    { url: null, at: '2026-01-01T00:00:00Z', on: '2026-01-01', lines: [{ sku: 'cup', quantity: 2, x: 1 }], kind: 'c', more: { a: 1 } },
    { email: 'nobody', url: 'x', at: 'now', on: '1', lines: [{ sku: 'Mugs', quantity: 0 }], kind: 'd', more: { a: 'b' }, x: 1 },
  ].map((value) =>
    z.strictObject({
      email: z.email().optional(),
      url: z.url().nullable(),
      at: z.iso.datetime(),
      on: z.iso.date(),
      lines: z.array(z.looseObject({ sku: z.string().min(1).max(3).regex(/^[a-z]+$/), quantity: z.int().min(1) })).min(1),
      costs: z.strictObject({ pick: z.int().default(0) }).prefault({}),
      kind: z.union([z.literal('a'), z.enum(['b', 'c'])]),
      more: z.record(z.string(), z.number()).readonly(),
    }).safeParse(value),
  ).map(({ data, error }) => ({ data, issues: error?.issues }))`;
  const outside: unknown = new Function('z', `return ${results}`)(z);
  expect(await inBundle(`import * as z from 'zod'; export default () => ${results};`)).toEqual(outside);
  expect(outside).toMatchObject([
    { data: { costs: { pick: 0 } } },
    { issues: Array.from({ length: 10 }, () => ({ path: expect.any(Array) })) },
  ]);
});

test("a command that the bundles' own clients do not have fails the build", async () => {
  const code = (name: string) =>
    `import { ${name} } from '@aws-sdk/client-dynamodb'; export default () => typeof ${name};`;
  await expect(inBundle(code('ScanCommand'))).rejects.toThrow('No matching export');
  expect(await inBundle(code('QueryCommand'))).toBe('function');
});

test.each([
  ['JSON Schema of zod is left out', `import * as z from 'zod'; export default () => z.toJSONSchema(z.string());`],
  ['JSON Schema of zod is left out', `import * as z from 'zod'; export default () => z.string().toJSONSchema();`],
  ['email is not a function', `import * as z from 'zod'; export default () => z.string().email();`],
  [
    'INVALID_NUMBER_SKELETON',
    `import { IntlMessageFormat } from 'intl-messageformat';
    export default () => new IntlMessageFormat('{n, number, ::currency/EUR}', 'en').format({ n: 1 });`,
  ],
])('what gets to something left out is told so: %s', async (told, code) => {
  await expect(inBundle(code)).rejects.toThrow(told);
});
