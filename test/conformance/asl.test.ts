import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { sleep } from '../../local/kernel/clock.ts';
import { type Behavior, Cloud, FunctionFailure } from '../integration/local/stepfunctions/cloud.ts';

/**
 * Holds the interpreter to answers recorded on AWS. The recordings are not part of this repository: put them into ../shared/conformance
 * or name their folder in CONFORMANCE_DIR; without them these tests are skipped.
 */
const folder = process.env.CONFORMANCE_DIR ?? join(import.meta.dirname, '../../../shared/conformance');
const file = join(folder, 'asl/cases.jsonl');
const recorded = existsSync(file);

const caseSchema = z.object({
  id: z.string(),
  resources: z.array(z.object({ name: z.string(), behaviour: z.string() })),
  machines: z.array(z.object({ name: z.string(), type: z.string(), definition: z.record(z.string(), z.unknown()) })),
  executions: z.array(z.object({ input: z.unknown() })),
  expected: z.array(
    z.object({
      exec: z.number(),
      status: z.string(),
      output: z.unknown().optional(),
      error: z.string().optional(),
      cause: z.unknown().optional(),
      eventTypes: z.array(z.string()),
    }),
  ),
});

const behaviors: Record<string, (cloud: Cloud) => Behavior> = {
  identity: () => (event) => event,
  raise_exception: () => () => {
    throw new FunctionFailure('Exception', 'Some exception was raised.');
  },
  raise_custom_exception: () => () => {
    throw new FunctionFailure('CustomException', 'CustomException message');
  },
  return_hello_string: () => () => 'HelloWorld!',
  echo_const: () => () => ({ Return: 'HelloWorld' }),
  return_decorated_input: () => (event) => `input-event-${String(event)}`,
  sleep_60s: (cloud) => async (event) => {
    await sleep(cloud.clock, 60_000);
    return event;
  },
  large_output: () => () => 'x'.repeat(257 * 1024),
};

// Not here: tasks in another account.
const cases = recorded
  ? readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => caseSchema.parse(JSON.parse(line)))
      .filter(({ id }) => !id.startsWith('test_cross_account'))
  : [];

if (!recorded) console.warn(`skipped: no recorded answers of AWS at ${file} (CONFORMANCE_DIR names another folder)`);

describe.skipIf(!recorded)('AWS answered, and so do we', () => {
  test('the recordings are there', () => expect(cases.length).toBeGreaterThan(40));

  test.each(cases)('$id', async ({ resources, machines, executions, expected }) => {
    const cloud = new Cloud();
    for (const { name, behaviour } of resources) {
      const behavior = behaviors[behaviour];
      if (!behavior) throw new Error(`no behavior ${behaviour}`);
      cloud.function(name, behavior(cloud));
    }
    const [machine] = machines;
    if (!machine) throw new Error('the case has no machine');
    const arn = await cloud.create(machine.definition, { name: machine.name, type: machine.type });
    for (const { exec, status, output, error, cause, eventTypes } of expected) {
      const executionArn = await cloud.start(arn, executions[exec]?.input);
      await cloud.clock.advance(3_600_000);
      const actual = await cloud.describe(executionArn);
      expect(actual).toMatchObject({ status, ...(error === undefined ? {} : { error }) });
      if (output !== undefined) expectRecorded(parsed(actual.output), parsed(output));
      if (cause !== undefined) expectRecorded(parsed(actual.cause), parsed(cause));
      const types = await cloud.eventTypes(executionArn);
      if (isConcurrent(machine.definition)) expect(types.toSorted()).toEqual(eventTypes.toSorted());
      else expect(types).toEqual(eventTypes);
    }
  });
});

function isConcurrent(definition: unknown): boolean {
  const text = JSON.stringify(definition);
  return text.includes('"Parallel"') || (text.includes('"Map"') && !text.includes('"MaxConcurrency":1'));
}

function parsed(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

const ANY = new Set(
  'date timestamp start-date stop-date RequestId x-amzn-RequestId X-Amzn-Trace-Id snf_role_arn lambda_function_name'.split(
    ' ',
  ),
);

/** Compares what can be compared: recordings hold placeholders for what differs from run to run. */
function expectRecorded(actual: unknown, wanted: unknown, key = ''): void {
  if (typeof wanted === 'string' && (ANY.has(wanted) || /<.*>/.test(wanted)) && key !== 'Cause') return;
  if (key === 'Cause' && typeof wanted === 'string' && wanted.includes('errorMessage')) {
    const cause = parsed(actual);
    const { errorType, errorMessage } = z.looseObject({ errorType: z.string(), errorMessage: z.string() }).parse(cause);
    expect(parsed(wanted)).toMatchObject({ errorType, errorMessage });
    return;
  }
  if (typeof wanted !== 'object' || wanted === null) {
    expect(actual).toEqual(wanted);
    return;
  }
  const [mine, theirs] = [Object.entries(actual ?? {}), Object.entries(wanted)].map((entries) =>
    entries.filter(([name]) => !name.startsWith('Sdk')),
  );
  expect(Array.isArray(actual)).toBe(Array.isArray(wanted));
  expect(mine?.map(([name]) => name).toSorted()).toEqual(theirs?.map(([name]) => name).toSorted());
  for (const [name, value] of theirs ?? []) expectRecorded(Object.fromEntries(mine ?? [])[name], value, name);
}
