import { expect, test } from 'vitest';
import { FakeClock } from '../../../../local/kernel/fake-clock.ts';
import { Room } from '../../../../local/stepfunctions/room.ts';

/** A task that ends when told to. */
function task(room: Room) {
  const { promise, resolve } = Promise.withResolvers<void>();
  void room.occupy(promise);
  return resolve;
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('while there is room a start does not wait; then starts go in as tasks end, in the order they came', async () => {
  const room = new Room(new FakeClock(), 2);
  await room.entered();
  const [first, second] = [task(room), task(room)];
  const entered: number[] = [];
  for (const number of [1, 2, 3]) void room.entered().then(() => entered.push(number));
  await turn();
  expect(entered).toEqual([]);
  first?.();
  await turn();
  expect(entered).toEqual([1]);
  const third = task(room);
  second?.();
  third();
  await turn();
  expect(entered).toEqual([1, 2, 3]);
});

test('tasks that wait for somebody else hold up a start for a second', async () => {
  const clock = new FakeClock();
  const room = new Room(clock, 1);
  task(room);
  let entered = false;
  void room.entered().then(() => {
    entered = true;
  });
  await clock.advance(999);
  expect(entered).toBe(false);
  await clock.advance(1);
  await turn();
  expect(entered).toBe(true);
});

test('a start that gave up waiting takes no place of one that still waits', async () => {
  const clock = new FakeClock();
  const room = new Room(clock, 1);
  const end = task(room);
  const entered: string[] = [];
  void room.entered().then(() => entered.push('gave up'));
  await clock.advance(600);
  void room.entered().then(() => entered.push('waits'));
  await clock.advance(400);
  await turn();
  expect(entered).toEqual(['gave up']);
  end();
  await turn();
  expect(entered).toEqual(['gave up', 'waits']);
});
