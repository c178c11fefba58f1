import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleAndSynth } from '../../../../infra/bundle.ts';
import { type Template, templateSchema } from '../../../../local/assembly/template.ts';
import { arnPattern } from '../../../../local/iam/patterns.ts';
import { Denied, type Heard, playWholeProduct } from './whole-product.ts';

/**
 * Grants that the scenario cannot reach, with the reason why they are right all the same. Matched as `<role> <action> <resource>`; an entry
 * that matches nothing that is unused fails the test, so that the list cannot outlive its reasons.
 */
const notReached: [pattern: RegExp, because: string][] = [
  [/ (logs|xray):/, 'CloudWatch Logs and X-Ray are called by the runtime, and are not here'],
  [
    /^(DueTimers|StuckOrders|TendLedger)ScheduleRole sqs:SendMessage /,
    'Scheduler writes dead letters only when Lambda takes no calls for a minute',
  ],
  [
    /^StuckOrdersRole dynamodb:DeleteItem .*Orders/,
    'the rest of a cancellation that was cut off may have backorders and timers to clear',
  ],
  [
    /^ScreenFraudRole dynamodb:DeleteItem .*Orders/,
    'a refused order of which a part waits for supply leaves the queue: only where the policy splits orders',
  ],
  [
    /^ConfirmOrderRole dynamodb:DeleteItem .*Orders/,
    'more than 20 fulfillments are released in two goes: the second clears the row by which a lost one would be found',
  ],
  [
    /^(SiteOutage|StockFeed|RoutingSimulation)Role states:StartExecution /,
    'what takes longer than 3.5 minutes goes on in another execution: played in test/workflows/segments.test.ts',
  ],
  [
    /^ApiFulfillmentsRole dynamodb:DeleteItem .*Orders/,
    'who accepts or rejects clears the timer of the deadline, where the policy sets one',
  ],
  [
    /^NotifyCustomerRole ses:SendEmail .*identity\/[^@]+$/,
    'SES asks for the identity that is verified: here the address, in an account that verified its domain the domain',
  ],
];

const long = process.env.BATUTA_TEST_LONG === '1';
/** `2/8`: of the removals that the long run plays, every eighth from the second on. */
const [shard, shards] = (process.env.BATUTA_SHARD ?? '1/1').split('/').map(Number) as [number, number];
/** How many removals a plain `npm test` plays, and which: the same ones until the template changes. */
const sampled = 3;
const seed = 20_260_105;

let assembly: string;
let played: Awaited<ReturnType<typeof playWholeProduct>>;
beforeAll(async () => {
  ({ assembly } = await bundleAndSynth());
  played = await playWholeProduct(assembly);
}, 300_000);

const temporary: string[] = [];
afterAll(() => {
  for (const directory of temporary) rmSync(directory, { recursive: true, force: true });
});

describe('least privilege', () => {
  test('every action on every resource that a role of the template may use is used by the product, save those with a reason', () => {
    const { cloud, heard } = played;
    const unused = cloud.roles.flatMap((role) => {
      const mine = heard.filter(({ principal }) => principal.kind === 'role' && principal.arn === role.arn);
      return role.statements.flatMap(({ source }) =>
        source.actions.flatMap((action) =>
          source.resources
            .filter((pattern) => {
              const matches = arnPattern(pattern);
              return !mine.some((asked) => asked.action === action && matches(asked.resource));
            })
            .map((resource) => `${shortName(role.name)} ${action} ${resource}`),
        ),
      );
    });
    expect(unused.filter((grant) => !notReached.some(([pattern]) => pattern.test(grant)))).toEqual([]);
    const idle = notReached.filter(([pattern]) => !unused.some((grant) => pattern.test(grant)));
    expect(idle.map(([, because]) => because)).toEqual([]);
  });

  test('policies of resources grant nothing to roles: what no statement of its own allows, a role may not do', () => {
    const granting = templatesOf(assembly).flatMap(([, template]) =>
      Object.entries(template.Resources).flatMap(([name, { Properties }]) =>
        statementsOf(Properties)
          .filter((statement) => member(statement, 'Effect') === 'Allow')
          .map((statement) => member(statement, 'Principal'))
          .filter((principal) => principal !== undefined && member(principal, 'Service') === undefined)
          .map(() => name),
      ),
    );
    expect(granting).toEqual([]);
  });

  test('without any one of its statements the product would have met AccessDenied: IAM was asked for what no other statement allows', () => {
    const removals = removableStatements(assembly);
    expect(removals.length).toBeGreaterThan(100);
    expect(removals.filter((removal) => !neededFirst(removal)).map(describeRemoval)).toEqual([]);
  });

  test('and it does meet AccessDenied, in the scene that needs the statement first', async () => {
    const removals = removableStatements(assembly);
    const chosen = long ? removals.filter((_, index) => index % shards === shard - 1) : sample(removals, sampled);
    if (long) console.log(`${chosen.length} of ${removals.length} statements, one after the other`);
    const allowed: string[] = [];
    for (const removal of chosen) {
      const scene = neededFirst(removal)?.scene;
      const started = performance.now();
      const changed = without(assembly, removal);
      // Alone, a scene may lack what earlier ones left: rows that fall due in it, the tick of a schedule. Then everything is played.
      const alone = await refusalWithout(removal, changed, scene);
      const refused = alone ?? (await refusalWithout(removal, changed));
      if (!refused) {
        allowed.push(`without ${describeRemoval(removal)}, needed first in ${scene}`);
        continue;
      }
      expect(refused.message).toContain(removal.role);
      expect(removal.actions).toContain(refused.decision.action);
      if (long) {
        const seconds = ((performance.now() - started) / 1000).toFixed(1);
        console.log(`${describeRemoval(removal)}: denied in ${alone ? scene : 'the whole'} after ${seconds} s`);
      }
    }
    expect(allowed).toEqual([]);
  }, 3_600_000);
});

/** @returns undefined: it was played to its end */
async function refusalWithout(removal: Removal, changed: string, scene?: string): Promise<Denied | undefined> {
  try {
    await playWholeProduct(changed, scene);
    return undefined;
  } catch (error) {
    if (error instanceof Denied) return error;
    throw new Error(`without ${describeRemoval(removal)}: ${error}`, { cause: error });
  }
}

/** The first thing asked in the whole play that the role may do only by this statement. */
function neededFirst({ role, actions, nth }: Removal): Heard | undefined {
  const { cloud, heard } = played;
  const found = cloud.roles.find(({ name }) => name.includes(role));
  const alike = found?.statements.filter(({ source }) => isDeepStrictEqual(source.actions, actions));
  const statement = alike?.[nth];
  if (!found || !statement) throw new Error(`the cloud has no ${role}: ${actions}`);
  const others = found.statements.filter((each) => each !== statement);
  const covers = (each: typeof statement, { action, resource, context }: Heard) =>
    each.action(action) && each.resource(resource) && (each.condition?.(context) ?? true);
  return heard.find(
    (asked) =>
      asked.principal.kind === 'role' &&
      asked.principal.arn === found.arn &&
      covers(statement, asked) &&
      !others.some((other) => covers(other, asked)),
  );
}

interface Removal {
  file: string;
  policy: string;
  index: number;
  /** Logical id. */
  role: string;
  actions: string[];
  /** Among the statements of the policy with the same actions, from 0. */
  nth: number;
}

/** Every statement of every policy of the templates that something of the scenario depends on. */
function removableStatements(directory: string): Removal[] {
  return templatesOf(directory)
    .flatMap(([file, template]) =>
      Object.entries(template.Resources).flatMap(([policy, { Type, Properties }]) => {
        if (Type !== 'AWS::IAM::Policy') return [];
        const role = referenced(listAt(Properties, 'Roles')[0]);
        const all = statementsOf(Properties).map((statement) => [member(statement, 'Action')].flat().map(String));
        return all.map((actions, index) => {
          const nth = all.slice(0, index).filter((before) => isDeepStrictEqual(before, actions)).length;
          return { file, policy, index, role, actions, nth };
        });
      }),
    )
    .filter(({ role, actions }) => {
      const names = actions.map((action) => `${shortName(role)} ${action} `);
      return !names.every((name) => notReached.some(([pattern]) => pattern.test(name)));
    });
}

/** The same assembly with one statement fewer. What does not change is linked. */
function without(directory: string, { file, policy, index }: Removal): string {
  const changed = mkdtempSync(join(tmpdir(), 'batuta-iam-'));
  temporary.push(changed);
  for (const name of readdirSync(directory)) {
    if (name === 'manifest.json') cpSync(join(directory, name), join(changed, name));
    else if (name !== file) symlinkSync(join(directory, name), join(changed, name));
  }
  const template = templateOf(directory, file);
  const resource = template.Resources[policy];
  if (!resource) throw new Error(`${file} has no ${policy}`);
  const document = member(resource.Properties, 'PolicyDocument');
  const left = statementsOf(resource.Properties).filter((_, at) => at !== index);
  // A policy without a statement is none.
  if (left.length === 0) delete template.Resources[policy];
  else Reflect.set(Object(document), 'Statement', left);
  const gone = left.length === 0 ? policy : undefined;
  writeFileSync(
    join(changed, file),
    JSON.stringify(template, (key, value) => withoutDependency(key, value, gone)),
  );
  return changed;
}

const withoutDependency = (key: string, value: unknown, gone: string | undefined): unknown =>
  key === 'DependsOn' && Array.isArray(value) ? value.filter((name) => name !== gone) : value;

const describeRemoval = ({ role, actions }: Removal): string => `${role}: ${actions.join(', ')}`;

/** `Batuta-dev-App-StuckOrdersRole2ED82856-df9c427649d7` and `StuckOrdersRole2ED82856` are `StuckOrdersRole`. */
const shortName = (role: string): string => /(\w+?)[0-9A-F]{8}(-|$)/.exec(role)?.[1] ?? role;

/** A few of a list, the same ones for the same seed (mulberry32). */
function sample<T>(list: readonly T[], count: number): T[] {
  let state = seed;
  const random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const left = [...list];
  return Array.from({ length: count }, () => left.splice(Math.floor(random() * left.length), 1)).flat();
}

const templatesOf = (directory: string): [file: string, template: Template][] =>
  readdirSync(directory)
    .filter((file) => file.endsWith('.template.json'))
    .map((file) => [file, templateOf(directory, file)]);

const templateOf = (directory: string, file: string): Template =>
  templateSchema.parse(JSON.parse(readFileSync(join(directory, file), 'utf8')));

const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;

const listAt = (value: unknown, name: string): unknown[] => [member(value, name) ?? []].flat();

const statementsOf = (properties: unknown): unknown[] => listAt(member(properties, 'PolicyDocument'), 'Statement');

const referenced = (value: unknown): string => String(member(value, 'Ref'));
