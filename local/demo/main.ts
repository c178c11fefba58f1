import { bundleAndSynth } from '../../infra/bundle.ts';
import { ApiClient, type OrderView } from '../client.ts';
import { startCloud } from '../cloud.ts';
import { seed } from '../seed.ts';
import { localParameters } from '../template-parameters.ts';
import { type Scenario, type Stage, scenarios } from './scenarios.ts';

/** `npm run demo`: five scripted orders against a fresh cloud in memory, each with its timeline. Exits 0 only if every one ended as scripted. */
async function main(): Promise<number> {
  const { assembly } = await bundleAndSynth();
  const cloud = await startCloud({ assembly, apiPort: 0, awsPort: 0, parameters: localParameters });
  try {
    const stage: Stage = { cloud, api: new ApiClient(cloud.apiUrl, await seed(cloud)) };
    let wrong = 0;
    for (const scenario of scenarios) wrong += (await play(scenario, stage)) ? 0 : 1;
    console.log(
      wrong === 0 ? 'All orders ended as scripted.' : `${wrong} of ${scenarios.length} orders did not end as scripted.`,
    );
    return wrong === 0 ? 0 : 1;
  } finally {
    await cloud.stop();
  }
}

async function play(scenario: Scenario, stage: Stage): Promise<boolean> {
  console.log(`\n${scenario.name}: ${scenario.what}`);
  try {
    const order = await scenario.play(stage);
    await printTimeline(stage, order);
    const ends = Object.entries(scenario.ends(order));
    for (const [name, [actual, expected]] of ends) {
      console.log(
        `  ${actual === expected ? 'ok  ' : 'FAIL'} ${name}: ${actual}${actual === expected ? '' : ` (expected ${expected})`}`,
      );
    }
    return ends.every(([, [actual, expected]]) => actual === expected);
  } catch (error) {
    console.log(`  FAIL ${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
}

async function printTimeline({ api }: Stage, { id }: OrderView): Promise<void> {
  const events = await api.events(id);
  const start = Date.parse(events[0]?.time ?? '');
  for (const { sequence, type, time } of events) {
    const after = `+${Date.parse(time) - start} ms`.padStart(10);
    console.log(`  ${String(sequence).padStart(2)} ${after}  ${type}`);
  }
}

process.exitCode = await main();
