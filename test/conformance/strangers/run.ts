/** Runs the test suites of others against an empty cloud: `node test/conformance/strangers/run.ts`. */
import { startEmptyCloud } from './empty-cloud.ts';
import { guregu } from './guregu-dynamo.ts';
import { moto } from './moto.ts';
import { describeReport, reportOf, Unavailable } from './suite.ts';

for (const suite of [guregu, moto]) {
  const cloud = await startEmptyCloud();
  try {
    await suite.prepare();
    const report = reportOf(suite, await suite.run(cloud.awsUrl));
    console.log(describeReport(suite, report));
    if (report.failed.length + report.unneeded.length > 0) process.exitCode = 1;
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    console.log(`${suite.name}: not run, ${error.message}`);
  } finally {
    await cloud.stop();
  }
}
