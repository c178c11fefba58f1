import { expect, test } from 'vitest';
import { startEmptyCloud } from './empty-cloud.ts';
import { guregu } from './guregu-dynamo.ts';
import { moto } from './moto.ts';
import { describeReport, reportOf, type Suite, Unavailable } from './suite.ts';

const long = process.env.BATUTA_TEST_LONG === '1';

/** Why the suite can not be had here, if so. */
async function unavailable(suite: Suite): Promise<string | undefined> {
  try {
    await suite.prepare();
    return undefined;
  } catch (error) {
    if (error instanceof Unavailable) return error.message;
    throw error;
  }
}

// Compiling the SDK for Go takes minutes the first time.
test.runIf(long).for([guregu, moto])(
  "a stranger's suite passes: $name",
  { timeout: 30 * 60_000 },
  async (suite, { skip }) => {
    const reason = await unavailable(suite);
    if (reason !== undefined) skip(`${suite.name} can not be had here: ${reason}`);
    const cloud = await startEmptyCloud();
    const report = reportOf(suite, await suite.run(cloud.awsUrl));
    await cloud.stop();
    console.log(describeReport(suite, report));
    expect(report).toMatchObject({ failed: [], unneeded: [] });
    expect(report.passed).toBeGreaterThan(0);
  },
);
