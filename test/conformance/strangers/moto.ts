import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execute, fetchWith, OPERATOR, type Suite, type TestResult } from './suite.ts';

const VERSION = '5.2.5';
const requirements = fileURLToPath(new URL('requirements.txt', import.meta.url));
const cache = fileURLToPath(new URL('../../../node_modules/.cache/strangers', import.meta.url));
const python = join(cache, 'venv/bin/python');
const source = join(cache, `moto-${VERSION}`);

/**
 * The tests of moto (a mock of AWS in Python) that its authors have verified against AWS itself: they come with its source
 * distribution, and run against any endpoint.
 */
export const moto: Suite = {
  name: `moto ${VERSION}, DynamoDB tests verified on AWS`,
  notHonored: [
    { tests: /test_dynamodb_statements/, reason: 'PartiQL (ExecuteStatement) is not honored' },
    { tests: /test_dynamodb_multi_attribute_gsi/, reason: 'index keys of more than two attributes are not honored' },
    { tests: /test_dynamodb_resource_policy/, reason: 'resource policies of tables are not honored' },
    { tests: /test_dynamodb_(import|export)_table/, reason: 'import from and export to S3 are not honored' },
  ],
  async prepare() {
    mkdirSync(cache, { recursive: true });
    if (!existsSync(python)) await fetchWith('python3', ['-m', 'venv', 'venv'], cache);
    await fetchWith(python, ['-m', 'pip', 'install', '--quiet', '--requirement', requirements], cache);
    if (existsSync(source)) return;
    const wanted = ['--quiet', '--no-deps', '--no-binary', 'moto', `moto==${VERSION}`];
    await fetchWith(python, ['-m', 'pip', 'download', ...wanted], cache);
    await fetchWith('tar', ['-xzf', `moto-${VERSION}.tar.gz`], cache);
  },
  async run(url) {
    const selected = ['-m', 'aws_verified', '--ignore', 'tests/test_dynamodb/test_server.py'];
    const { output } = await execute(
      python,
      ['-m', 'pytest', 'tests/test_dynamodb', 'tests/test_dynamodbstreams', ...selected]
        // One line for each test, then what failed.
        .concat('-v', '--color=no', '--tb=short', '--timeout=60', '-p', 'no:cacheprovider'),
      {
        cwd: source,
        environment: {
          ...OPERATOR,
          AWS_DEFAULT_REGION: OPERATOR.AWS_REGION,
          AWS_ENDPOINT_URL: url,
          MOTO_TEST_ALLOW_AWS_REQUEST: 'true',
        },
      },
    );
    return resultsOf(output);
  },
};

const OUTCOMES: Record<string, TestResult['outcome']> = {
  PASSED: 'passed',
  FAILED: 'failed',
  ERROR: 'failed',
  SKIPPED: 'skipped',
};

function resultsOf(output: string): TestResult[] {
  const results = [...output.matchAll(/^(tests\/\S+::.+?) (PASSED|FAILED|ERROR|SKIPPED)\b(.*?)(?:\[ *\d+%\])?$/gm)].map(
    ([, name = '', outcome = '', rest = '']): TestResult => ({
      name,
      outcome: OUTCOMES[outcome] ?? 'failed',
      detail: outcome === 'SKIPPED' ? rest.trim() : failureOf(name, output),
    }),
  );
  if (results.length === 0) return [{ name: 'pytest', outcome: 'failed', detail: output.slice(-4000) }];
  return results;
}

/** The section of pytest's report that is about the test. */
function failureOf(name: string, output: string): string {
  const test = name.split('::').slice(1).join('.');
  const [, section = ''] = output.split(`_ ${test} _`);
  return section.split(/\n_{4,} /)[0]!.slice(0, 2000);
}
