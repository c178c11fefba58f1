import { expect, test } from 'vitest';
import { Homes } from '../../../../local/lambda/homes.ts';

class Thread {
  hasThread = false;
  isFree = false;
  busy = 0;
  readonly name: string;
  readonly forgotten: string[] = [];
  constructor(name: string) {
    this.name = name;
  }
  busyShare = () => this.busy;
  forget(functionName: string): void {
    this.forgotten.push(functionName);
  }
}

/** Two threads that are at work, functions dealt out in the order of their first use: a and c to the first, b and d to the second. */
function shop() {
  const clock = { time: 0, now: () => clock.time };
  const [first, second] = [new Thread('first'), new Thread('second')];
  const homes = new Homes([first, second], clock);
  for (const name of ['a', 'b', 'c', 'd']) homes.of(name);
  for (const thread of [first, second]) thread.hasThread = true;
  const invoke = (name: string, times = 1) => {
    for (let time = 0; time < times; time++) homes.of(name);
  };
  /** After so many seconds, by the next invocation of `name`. */
  const later = (seconds: number, name: string) => {
    clock.time += seconds * 1000;
    return homes.of(name).name;
  };
  const where = () => ['a', 'b', 'c', 'd'].map((name) => homes.of(name).name);
  return { clock, homes, first, second, invoke, later, where };
}

test('functions are dealt out once and stay, however busy all threads are', () => {
  const { first, second, invoke, later, where } = shop();
  expect(where()).toEqual(['first', 'second', 'first', 'second']);
  [first.busy, second.busy] = [0.95, 0.9];
  invoke('a', 100);
  later(5, 'a');
  [first.busy, second.busy] = [0.6, 0];
  later(5, 'a');
  expect(where()).toEqual(['first', 'second', 'first', 'second']);
});

test('a thread that is nearly always busy gives half of what it has more to one that is not, and lets go of it', () => {
  const { first, second, invoke, later, where } = shop();
  later(2, 'a');
  [first.busy, second.busy] = [1, 0.2];
  invoke('a', 70);
  invoke('c', 30);
  expect(later(2, 'a')).toBe('first');
  expect(where()).toEqual(['first', 'second', 'second', 'second']);
  expect([first.forgotten, second.forgotten]).toEqual([['c'], []]);
});

test('what would only make the other thread the busy one stays', () => {
  const { first, second, invoke, later, where } = shop();
  later(2, 'a');
  [first.busy, second.busy] = [0.9, 0.5];
  invoke('a', 100);
  later(2, 'a');
  expect(where()).toEqual(['first', 'second', 'first', 'second']);
});

test('one function a second at most, and one that has moved stays there for ten', () => {
  const { first, second, invoke, later, where } = shop();
  later(2, 'a');
  [first.busy, second.busy] = [1, 0.2];
  invoke('a', 60);
  invoke('c', 40);
  later(2, 'a');
  expect(where()).toEqual(['first', 'second', 'second', 'second']);
  [first.busy, second.busy] = [0.1, 1];
  invoke('c', 50);
  invoke('b', 1);
  later(0.5, 'c');
  expect(where()).toEqual(['first', 'second', 'second', 'second']);
  later(2, 'c');
  expect(where()[2]).toBe('second');
  invoke('c', 40);
  invoke('d', 60);
  later(9, 'c');
  expect(where()[2]).toBe('first');
});

test('on a quiet machine a function takes the thread that is free rather than one of its own', () => {
  const { first, second, homes } = shop();
  [first.hasThread, first.isFree, second.hasThread] = [true, true, false];
  expect(homes.of('b').name).toBe('first');
});
