import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { execute, fetchWith, OPERATOR, type Suite, type TestResult } from './suite.ts';

const MODULE = 'github.com/guregu/dynamo/v2';
const directory = fileURLToPath(new URL('go', import.meta.url));

const event = z.looseObject({
  Action: z.string(),
  Package: z.string().optional(),
  Test: z.string().optional(),
  Output: z.string().optional(),
});

/** A client library for Go with tests against an endpoint. Its version is pinned in `go/go.mod`. */
export const guregu: Suite = {
  name: `${MODULE} v2.1.1`,
  notHonored: [],
  async prepare() {
    await fetchWith('go', ['mod', 'download'], directory);
  },
  async run(url) {
    const { output } = await execute('go', ['test', '-json', '-count=1', `${MODULE}/...`], {
      cwd: directory,
      environment: { ...OPERATOR, DYNAMO_TEST_ENDPOINT: url, DYNAMO_TEST_REGION: OPERATOR.AWS_REGION },
    });
    return resultsOf(output);
  },
};

const OUTCOMES: Record<string, TestResult['outcome']> = { pass: 'passed', fail: 'failed', skip: 'skipped' };

/** Of `go test -json`: an event a line, and plain text where a package can not be built. */
function resultsOf(output: string): TestResult[] {
  const printed = new Map<string, string>();
  const results: TestResult[] = [];
  for (const line of output.split('\n').filter((text) => text.startsWith('{'))) {
    const { Action, Package = '', Test, Output = '' } = event.parse(JSON.parse(line));
    const name = Test === undefined ? Package : `${Package} ${Test}`;
    if (Action === 'output') printed.set(name, (printed.get(name) ?? '') + Output);
    const outcome = OUTCOMES[Action];
    // A package counts only where it failed without one of its tests.
    if (!outcome || (Test === undefined && (outcome !== 'failed' || results.some((each) => each.outcome === 'failed'))))
      continue;
    results.push({ name, outcome, detail: (printed.get(name) ?? '').trim() });
  }
  if (results.length === 0) results.push({ name: MODULE, outcome: 'failed', detail: output.slice(-4000) });
  return results;
}
