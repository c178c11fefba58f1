import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { addNumbers, compareNumbers, normalizeNumber, numberKey } from '../../../../local/dynamodb/decimal.ts';
import { N, S, world } from './dynamodb-for-tests.ts';

const decimal = fc
  .tuple(
    fc.constantFrom('', '-'),
    fc.stringMatching(/^[0-9]{1,12}$/),
    fc.stringMatching(/^[0-9]{0,12}$/),
    fc.integer({ min: -100, max: 100 }),
  )
  .map(([sign, whole, fraction, power]) => normalizeNumber(`${sign}${whole}.${fraction}e${power}`));

/** `value * 10^300`, exactly. */
function scaled(text: string): bigint {
  const [whole = '', fraction = ''] = text.replace('-', '').split('.');
  const units = BigInt(whole + fraction.padEnd(300, '0'));
  return text.startsWith('-') ? -units : units;
}

test('key bytes and comparison order numbers as exact arithmetic does', () => {
  fc.assert(
    fc.property(decimal, decimal, (a, b) => {
      const exact = Number(scaled(a) > scaled(b)) - Number(scaled(a) < scaled(b));
      expect(Math.sign(compareNumbers(a, b))).toBe(exact);
      expect(Math.sign(Buffer.compare(numberKey(a), numberKey(b)))).toBe(exact);
    }),
    { seed: 7, numRuns: 2000 },
  );
});

test('addition is exact, or refused when it needs more than 38 digits', () => {
  fc.assert(
    fc.property(decimal, decimal, fc.boolean(), (a, b, subtract) => {
      const exact = subtract ? scaled(a) - scaled(b) : scaled(a) + scaled(b);
      const digits = String(exact).replace('-', '').replace(/0+$/, '').length;
      if (digits > 38) expect(() => addNumbers(a, b, subtract)).toThrow('38 significant digits');
      else expect(scaled(addNumbers(a, b, subtract))).toBe(exact);
    }),
    { seed: 7, numRuns: 2000 },
  );
});

test('a numeric range key sorts by value, as strings and binaries sort by their bytes', async () => {
  const { call } = world();
  const table = (type: string) => ({
    TableName: `By${type}Key`,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'sk', AttributeType: type },
    ],
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
  });
  const sorted = {
    N: ['-1e100', '-12.3', '-12', '-1.2', '-0.001', '0', '1e-100', '0.5', '2', '10', '10.01', '9e99'].map(
      normalizeNumber,
    ),
    S: ['A', 'Z', 'a', 'é', '\uffee', '\u{1f600}'],
    B: [[0], [0, 1], [1], [0x7f], [0x80], [0xff]].map((bytes) => Buffer.from(bytes).toString('base64')),
  };
  for (const [type, values] of Object.entries(sorted)) {
    await call('CreateTable', table(type));
    for (const value of [...values].reverse()) {
      await call('PutItem', { TableName: `By${type}Key`, Item: { pk: S('1'), sk: { [type]: value } } });
    }
    const { Items } = await call('Query', {
      TableName: `By${type}Key`,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': S('1') },
    });
    expect(Items?.map(({ sk }) => sk?.S ?? sk?.N ?? sk?.B)).toEqual(values);
  }
  const { Count } = await call('Query', {
    TableName: 'ByNKey',
    KeyConditionExpression: 'pk = :pk AND sk BETWEEN :low AND :high',
    ExpressionAttributeValues: { ':pk': S('1'), ':low': N('-12'), ':high': N('2.0') },
  });
  expect(Count).toBe(7);
});
