import { globSync } from 'node:fs';
import { createRequire } from 'node:module';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import * as z from 'zod';
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
    plugins: [unreachableCode],
    write: false,
    logLevel: 'silent',
  });
  const module: { exports: { default?: () => unknown } } = { exports: {} };
  new Function('module', 'require', outputFiles[0]?.text ?? '')(module, createRequire(import.meta.url));
  return module.exports.default?.();
}

/** A client whose service gives these answers, one after the other: `[status, body]`. */
const client = (answers: [number, object][], more = '') => `
  import { DynamoDBClient, DynamoDBServiceException, ConditionalCheckFailedException, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
  import { Readable } from 'node:stream';
  const answers = ${JSON.stringify(answers)};
  const client = new DynamoDBClient({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    requestHandler: {
      async handle() {
        const [statusCode, body] = answers.shift();
        return { response: { statusCode, headers: {}, body: Readable.from([Buffer.from(JSON.stringify(body))]) } };
      },
    },
    ${more}
  });
  const get = () => client.send(new GetItemCommand({ TableName: 't', Key: { pk: { S: 'a' } } }));`;

const throttled = 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException';

test.each([...stubs, ...trims].map(({ module }) => [String(module), module]))('%s is still there', (_, module) => {
  const files = globSync('node_modules/{@aws-sdk,@smithy,@formatjs,brotli,stripe,zod}/**/{*.js,package.json}', {
    cwd: paths.root,
  });
  expect(files.filter((file) => module.test(`/${file.replaceAll('\\', '/')}`))).not.toEqual([]);
});

test('an error without a class of its own keeps its name, message and fault', async () => {
  const missing = { __type: 'com.amazonaws.dynamodb.v20120810#ResourceNotFoundException', message: 'no table t' };
  const answer = await inBundle(`${client([[400, missing]])}
    export default () => get().catch((error) => [error.name, error.message, error.$fault, error instanceof DynamoDBServiceException]);`);
  expect(answer).toEqual(['ResourceNotFoundException', 'no table t', 'client', true]);
});

test('an error with fields keeps its class and its fields', async () => {
  const failed = {
    __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException',
    message: 'The conditional request failed',
    Item: { pk: { S: 'a' } },
  };
  const answer = await inBundle(`${client([[400, failed]])}
    export default () => client.send(new PutItemCommand({ TableName: 't', Item: { pk: { S: 'a' } } }))
      .catch((error) => [error.name, error.Item, error instanceof ConditionalCheckFailedException]);`);
  expect(answer).toEqual(['ConditionalCheckFailedException', { pk: { S: 'a' } }, true]);
});

test('throttling is tried again, and so is a server error', async () => {
  const answers: [number, object][] = [
    [400, { __type: throttled, message: 'slow down' }],
    [500, { __type: 'com.amazonaws.dynamodb.v20120810#InternalServerError', message: 'oh' }],
    [200, { Item: { pk: { S: 'a' }, n: { N: '1' } } }],
  ];
  expect(await inBundle(`${client(answers)} export default () => get().then(({ Item }) => Item);`)).toEqual({
    pk: { S: 'a' },
    n: { N: '1' },
  });
});

test('a region of China has its own domain: regions are told by the form of their names', async () => {
  const hostname = (region: string) =>
    inBundle(`import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
      const client = new DynamoDBClient({ region: '${region}', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } });
      export default () => client.config.endpointProvider({ Region: '${region}' }).url.hostname;`);
  expect(await hostname('eu-south-2')).toBe('dynamodb.eu-south-2.amazonaws.com');
  expect(await hostname('cn-north-1')).toBe('dynamodb.cn-north-1.amazonaws.com.cn');
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

test('importing the class of an error that has none fails the build', async () => {
  await expect(
    inBundle(`import { ResourceNotFoundException } from '@aws-sdk/client-dynamodb';
      export default () => ResourceNotFoundException;`),
  ).rejects.toThrow('No matching export');
});

test.each([
  ['JSON Schema of zod is left out', `import * as z from 'zod'; export default () => z.toJSONSchema(z.string());`],
  ['JSON Schema of zod is left out', `import * as z from 'zod'; export default () => z.string().toJSONSchema();`],
  ['email is not a function', `import * as z from 'zod'; export default () => z.string().email();`],
  ['AWS_RETRY_MODE=adaptive is left out', `${client([], `retryMode: 'adaptive',`)} export default get;`],
  [
    'INVALID_NUMBER_SKELETON',
    `import { IntlMessageFormat } from 'intl-messageformat';
    export default () => new IntlMessageFormat('{n, number, ::currency/EUR}', 'en').format({ n: 1 });`,
  ],
])('what gets to something left out is told so: %s', async (told, code) => {
  await expect(inBundle(code)).rejects.toThrow(told);
});
