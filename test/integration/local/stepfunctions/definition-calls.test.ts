import { describe, expect, test } from 'vitest';
import { Cloud, machine } from './cloud.ts';

const pass = machine({ P: { Type: 'Pass', Output: 1, End: true } });
const other = machine({ P: { Type: 'Pass', Output: 2, End: true } });
const waiting = machine({ W: { Type: 'Wait', Seconds: 60, Next: 'P' }, P: { Type: 'Pass', Output: 'old', End: true } });

describe('UpdateStateMachine', () => {
  test('changes what is started from then on; what runs keeps its definition', async () => {
    const cloud = new Cloud();
    const stateMachineArn = await cloud.create(waiting);
    const before = await cloud.call<{ revisionId: string }>('DescribeStateMachine', { stateMachineArn });
    const executionArn = await cloud.start(stateMachineArn, {}, 'old');
    const { revisionId } = await cloud.call<{ revisionId: string }>('UpdateStateMachine', {
      stateMachineArn,
      definition: JSON.stringify(other),
    });
    expect(revisionId).not.toBe(before.revisionId);
    const described = await cloud.call('DescribeStateMachine', { stateMachineArn });
    expect(described).toMatchObject({ revisionId, definition: JSON.stringify(other) });
    const forExecution = await cloud.call('DescribeStateMachineForExecution', { executionArn });
    expect(forExecution).toMatchObject({ stateMachineArn, definition: JSON.stringify(waiting) });
    await cloud.clock.advance(61_000);
    expect(await cloud.call('DescribeExecution', { executionArn })).toMatchObject({ output: '"old"' });
    const again = await cloud.start(stateMachineArn, {}, 'new');
    await cloud.clock.settle();
    expect(await cloud.call('DescribeExecution', { executionArn: again })).toMatchObject({ output: '2' });
  });

  test.each([
    [{}, 'MissingRequiredParameter'],
    [{ definition: '{}' }, 'InvalidDefinition'],
    [{ definition: '['.repeat(5_000) }, 'InvalidDefinition'],
    [{ publish: true }, 'ValidationException'],
  ])('with %j is refused', async (change, code) => {
    const cloud = new Cloud();
    const stateMachineArn = await cloud.create(pass);
    await expect(cloud.call('UpdateStateMachine', { stateMachineArn, ...change })).rejects.toMatchObject({ code });
  });

  test('of a machine that does not exist is refused', async () => {
    const cloud = new Cloud();
    const stateMachineArn = `${await cloud.create(pass)}-none`;
    const update = cloud.call('UpdateStateMachine', { stateMachineArn, roleArn: 'arn:aws:iam::111111111111:role/r' });
    await expect(update).rejects.toMatchObject({ code: 'StateMachineDoesNotExist' });
  });
});

test('DeleteStateMachine lets run what runs, starts nothing more, and may be repeated', async () => {
  const cloud = new Cloud();
  const stateMachineArn = await cloud.create(waiting);
  const executionArn = await cloud.start(stateMachineArn, {}, 'one');
  expect(await cloud.call('DeleteStateMachine', { stateMachineArn })).toEqual({});
  expect(await cloud.call('DeleteStateMachine', { stateMachineArn })).toEqual({});
  await expect(cloud.start(stateMachineArn, {}, 'two')).rejects.toMatchObject({ code: 'StateMachineDoesNotExist' });
  await cloud.clock.advance(61_000);
  expect(await cloud.call('DescribeExecution', { executionArn })).toMatchObject({ status: 'SUCCEEDED' });
});

test('ValidateStateMachineDefinition says what creating it would say', async () => {
  const cloud = new Cloud();
  const validate = (definition: string) => cloud.call('ValidateStateMachineDefinition', { definition });
  expect(await validate(JSON.stringify(pass))).toEqual({ result: 'OK', diagnostics: [], truncated: false });
  const wrong = machine({ P: { Type: 'Pass', Next: 'Nowhere' } });
  expect(await validate(JSON.stringify(wrong))).toMatchObject({
    result: 'FAIL',
    diagnostics: [expect.objectContaining({ severity: 'ERROR', message: expect.stringContaining('Nowhere') })],
  });
  expect(await validate('no JSON')).toMatchObject({ result: 'FAIL' });
});

test('a token that no page has given is refused', async () => {
  const cloud = new Cloud();
  const stateMachineArn = await cloud.create(pass);
  for (const nextToken of ['', 'x', Buffer.from('{"a":1}').toString('base64url')]) {
    await expect(cloud.call('ListExecutions', { stateMachineArn, nextToken })).rejects.toMatchObject({
      code: 'InvalidToken',
    });
    await expect(cloud.call('ListStateMachines', { nextToken })).rejects.toMatchObject({ code: 'InvalidToken' });
  }
});
