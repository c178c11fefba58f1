import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Item } from '../../../../local/dynamodb/attribute-value.ts';
import { key, N, S, type World, withThings } from './dynamodb-for-tests.ts';

/** A write of one item: what to send, and what becomes of the item ('fails' = its condition does). */
interface Write {
  name: string;
  kind: 'Put' | 'Update' | 'Delete';
  input: Record<string, unknown>;
  becomes(old: Item | undefined): Item | undefined | 'fails';
}

const pk = fc.constantFrom('a', 'b');
const sk = fc.constantFrom('1', '2', '3');
const n = fc.integer({ min: -3, max: 3 });
const team = fc.option(fc.constantFrom('red', 'blue'), { nil: undefined });

const put = fc.tuple(pk, sk, n, team, fc.boolean()).map(([p, s, value, group, guarded]): Write => {
  const item: Item = { ...key(p, s), n: N(value), score: N(value), ...(group ? { team: S(group) } : {}) };
  return {
    name: p + s,
    kind: 'Put',
    input: { Item: item, ...(guarded ? { ConditionExpression: 'attribute_not_exists(pk)' } : {}) },
    becomes: (old) => (guarded && old ? 'fails' : item),
  };
});

const update = fc.tuple(pk, sk, n, n).map(
  ([p, s, change, least]): Write => ({
    name: p + s,
    kind: 'Update',
    input: {
      Key: key(p, s),
      UpdateExpression: 'SET score = if_not_exists(score, :zero) + :change REMOVE color ADD n :change',
      ConditionExpression: 'attribute_not_exists(n) OR n >= :least',
      ExpressionAttributeValues: { ':change': N(change), ':zero': N(0), ':least': N(least) },
    },
    becomes(old) {
      if (old?.n && Number(old.n.N) < least) return 'fails';
      const added = (name: string) => N(Number(old?.[name]?.N ?? 0) + change);
      return { ...(old ?? key(p, s)), n: added('n'), score: added('score') };
    },
  }),
);

const remove = fc.tuple(pk, sk, n).map(
  ([p, s, value]): Write => ({
    name: p + s,
    kind: 'Delete',
    input: { Key: key(p, s), ConditionExpression: 'n <> :n', ExpressionAttributeValues: { ':n': N(value) } },
    becomes: (old) => (old?.n?.N === String(value) ? 'fails' : undefined),
  }),
);

const write = fc.oneof(put, update, remove);
const step = fc.oneof(
  { weight: 3, arbitrary: write.map((one) => [one]) },
  { weight: 2, arbitrary: fc.uniqueArray(write, { minLength: 2, maxLength: 4, selector: ({ name }) => name }) },
);

function apply(model: Map<string, Item>, writes: Write[]): boolean {
  const outcomes = writes.map(({ name, becomes }) => becomes(model.get(name)));
  if (outcomes.includes('fails')) return false;
  for (const [index, { name }] of writes.entries()) {
    const next = outcomes[index];
    if (next === undefined || next === 'fails') model.delete(name);
    else model.set(name, next);
  }
  return true;
}

async function send({ call }: World, writes: Write[]): Promise<boolean> {
  const [first] = writes;
  const sent =
    writes.length === 1
      ? call(`${first!.kind}Item`, { TableName: 'Things', ...first!.input })
      : call('TransactWriteItems', {
          TransactItems: writes.map(({ kind, input }) => ({ [kind]: { TableName: 'Things', ...input } })),
        });
  return sent.then(
    () => true,
    (error: Error) => {
      expect(error.name).toMatch(/^(ConditionalCheckFailed|TransactionCanceled)Exception$/);
      return false;
    },
  );
}

const sorted = (items: Iterable<Item>, ...by: string[]) =>
  [...items].sort((a, b) => {
    for (const name of by) {
      const [x, y] = [a[name]!, b[name]!];
      const order =
        x.N === undefined ? Buffer.compare(Buffer.from(x.S!), Buffer.from(y.S!)) : Number(x.N) - Number(y.N);
      if (order !== 0) return order;
    }
    return 0;
  });

async function expectSame(made: World, model: Map<string, Item>): Promise<void> {
  const { Items } = await made.call('Scan', { TableName: 'Things' });
  expect(Items).toEqual(sorted(model.values(), 'pk', 'sk'));
  for (const name of ['red', 'blue']) {
    const found = await made.call('Query', {
      TableName: 'Things',
      IndexName: 'byTeam',
      KeyConditionExpression: 'team = :t AND score >= :least',
      ExpressionAttributeValues: { ':t': S(name), ':least': N(-2) },
    });
    const expected = [...model.values()].filter(({ team, score }) => team?.S === name && Number(score?.N) >= -2);
    expect(found.Items).toEqual(
      sorted(expected, 'score', 'pk', 'sk').map(({ pk, sk, team, score }) => ({ pk, sk, team, score })),
    );
  }
}

/** What the records of the stream add up to. */
function replayed(made: World, arn: string): Map<string, unknown> {
  const items = new Map<string, unknown>();
  for (const { dynamodb } of made.db.readStream(arn, undefined, 10_000)) {
    const name = JSON.stringify(dynamodb.Keys);
    expect(items.get(name)).toEqual(dynamodb.OldImage);
    if (dynamodb.NewImage) items.set(name, dynamodb.NewImage);
    else items.delete(name);
  }
  return items;
}

test('random writes and transactions leave the items, the index and the stream that a map in memory leaves', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), async (steps) => {
      const made = await withThings();
      const { Table } = (await made.call('DescribeTable', { TableName: 'Things' })) as {
        Table?: { LatestStreamArn: string };
      };
      const model = new Map<string, Item>();
      for (const writes of steps) expect(await send(made, writes)).toBe(apply(model, writes));
      await expectSame(made, model);
      expect(sorted(replayed(made, Table!.LatestStreamArn).values() as Iterable<Item>, 'pk', 'sk')).toEqual(
        sorted(model.values(), 'pk', 'sk'),
      );
      await made.kernel.storage.close();
    }),
    { seed: 20260105, numRuns: 60 },
  );
});
