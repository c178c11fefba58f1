import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AwsError } from '../../../../local/kernel/errors.ts';
import { comparable } from './differential-world.ts';
import { type Answer, type World, withThings } from './dynamodb-for-tests.ts';
import { type Action, inputOf, keyOf, Model, type Reason, type Step, step } from './transactions-model.ts';

const long = process.env.BATUTA_TEST_LONG === '1';
const TOKEN_LIFE = 10 * 60_000;

type Outcome = 'done' | { name: string; reasons?: unknown };

/** A table and the model of it, with what both remember of tokens. */
class Pair {
  readonly #world: World;
  readonly #model = new Model();
  readonly #tokens = new Map<string, { request: string; expires: number }>();
  #last: Extract<Step, { kind: 'write' }> | undefined;
  transactions = 0;

  constructor(world: World) {
    this.#world = world;
  }

  async run(step: Step): Promise<void> {
    if (step.kind === 'wait') await this.#world.kernel.clock.advance(TOKEN_LIFE);
    else if (step.kind === 'read') await this.#read(step.names, step.projected);
    else if (step.kind === 'both') await this.#both(step.first, step.second);
    else {
      if (step.kind === 'write') this.#last = step;
      if (this.#last) await this.#write(this.#last);
    }
    await this.#expectSameItems();
  }

  async #write({ actions, token }: { actions: Action[]; token: string | undefined }): Promise<void> {
    const sent = await this.#send(actions, token);
    expect(sent).toEqual(this.#expected(actions, token));
  }

  #expected(actions: Action[], token: string | undefined): Outcome {
    if (new Set(actions.map(({ name }) => name)).size < actions.length) return { name: 'ValidationException' };
    const now = this.#world.kernel.clock.now();
    const request = JSON.stringify(actions.map(inputOf));
    const known = token === undefined ? undefined : this.#tokens.get(token);
    if (known && known.expires > now) {
      return known.request === request ? 'done' : { name: 'IdempotentParameterMismatchException' };
    }
    const reasons = this.#model.write(actions);
    if (reasons) return canceled(reasons);
    if (token !== undefined) this.#tokens.set(token, { request, expires: now + TOKEN_LIFE });
    return 'done';
  }

  async #both(first: Action[], second: Action[]): Promise<void> {
    const sent = await Promise.all([this.#send(first), this.#send(second)]);
    const reasons = this.#model.write(first);
    const busy = new Set(reasons ? [] : first.map(({ name }) => name));
    const others = this.#model.write(second, busy);
    expect(sent).toEqual([reasons ? canceled(reasons) : 'done', others ? canceled(others) : 'done']);
  }

  async #send(actions: Action[], token?: string): Promise<Outcome> {
    this.transactions += 1;
    const input = {
      TransactItems: actions.map(inputOf),
      ...(token === undefined ? {} : { ClientRequestToken: token }),
    };
    try {
      await this.#world.call('TransactWriteItems', input);
      return 'done';
    } catch (error) {
      const { code, details } = error as AwsError;
      return {
        name: code,
        ...(details.CancellationReasons ? { reasons: comparable(details.CancellationReasons) } : {}),
      };
    }
  }

  async #read(names: string[], projected: boolean): Promise<void> {
    const { Responses } = await this.#world.call('TransactGetItems', {
      TransactItems: names.map((name) => ({
        Get: { TableName: 'Things', Key: keyOf(name), ...(projected ? { ProjectionExpression: 'n' } : {}) },
      })),
    });
    const expected = names.map((name): Answer => {
      const item = this.#model.items.get(name);
      if (!item) return {};
      return { Item: projected ? (item.n ? { n: item.n } : {}) : item };
    });
    expect(comparable(Responses)).toEqual(comparable(expected));
  }

  async #expectSameItems(): Promise<void> {
    const { Items } = await this.#world.call('Scan', { TableName: 'Things' });
    const names = [...this.#model.items.keys()].sort();
    expect(comparable(Items)).toEqual(comparable(names.map((name) => this.#model.items.get(name))));
  }
}

function canceled(reasons: Reason[]): Outcome {
  return { name: 'TransactionCanceledException', reasons: comparable(reasons) };
}

test('random transactions do all or nothing, and say why, as a model in memory does', {
  timeout: 3_600_000,
}, async () => {
  let transactions = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40, size: 'max' }), async (steps) => {
      const world = await withThings();
      const pair = new Pair(world);
      for (const each of steps) await pair.run(each);
      transactions += pair.transactions;
      await world.kernel.storage.close();
    }),
    { seed: 20260105, numRuns: long ? 2_000 : 40 },
  );
  if (long) console.log(`${transactions} transactions compared with the model`);
});
