import { describe, expect, test } from 'vitest';
import { wants } from '../../../shared/webhooks/filter.ts';
import { delays, type FailedAttempt, nextAttempt, retryAfterOf } from '../../../shared/webhooks/schedule.ts';

const hour = 3_600_000;
const start = Date.parse('2026-01-05T09:00:00Z');

/** Attempts that fail at once, as milliseconds after the first. */
function instants(more: (attempt: number) => Partial<FailedAttempt>): { at: number[]; end: string } {
  const at = [0];
  for (;;) {
    const made = at.length;
    const now = start + (at.at(-1) ?? 0);
    const plain = { firstAttemptAt: start, now, made, isOverloaded: false, retryAfter: undefined, random: 0 };
    const next = nextAttempt({ ...plain, ...more(made) });
    if ('over' in next) return { at, end: next.over };
    at.push(next.at - start);
  }
}

describe('schedule', () => {
  test('without jitter: 15 attempts, seven in the first hour, the last after 93:52:35', () => {
    const { at, end } = instants(() => ({}));
    const s = 1000;
    const m = 60 * s;
    expect(at).toEqual([
      0,
      5 * s,
      35 * s,
      2 * m + 35 * s,
      7 * m + 35 * s,
      22 * m + 35 * s,
      52 * m + 35 * s,
      112 * m + 35 * s,
      232 * m + 35 * s,
      472 * m + 35 * s,
      952 * m + 35 * s,
      1672 * m + 35 * s,
      2752 * m + 35 * s,
      4192 * m + 35 * s,
      93 * hour + 52 * m + 35 * s,
    ]);
    expect(end).toBe('attempts');
    expect(at.filter((one) => one < hour)).toHaveLength(7);
  });

  test('the most jitter adds a fifth to every pause; none is early', () => {
    const { at } = instants(() => ({ random: 0.999_999 }));
    for (const [index, delay] of delays.entries()) {
      const pause = index === 0 ? 0 : (at[index] ?? 0) - (at[index - 1] ?? 0);
      expect(pause).toBeGreaterThanOrEqual(delay);
      expect(pause).toBeLessThanOrEqual(Math.ceil(delay * 1.2));
    }
    // With a draw of its own for each pause the instants are exactly these.
    const draw = (made: number) => ((made * 37) % 101) / 101;
    const drawn = instants((made) => ({ random: draw(made) })).at;
    expect(drawn.slice(0, 5)).toEqual([0, 5367, 39_764, 162_141, 490_062]);
    expect(drawn).toHaveLength(15);
  });

  test('an overloaded receiver gets a minute at least', () => {
    const { at } = instants(() => ({ isOverloaded: true }));
    expect(at.slice(0, 4)).toEqual([0, 60_000, 120_000, 240_000]);
  });

  test('Retry-After lengthens a pause, never shortens it, and never beyond a day', () => {
    expect(instants((made) => (made === 1 ? { retryAfter: hour } : {})).at[1]).toBe(hour);
    expect(instants((made) => (made === 8 ? { retryAfter: 1000 } : {})).at[8]).toBe(instants(() => ({})).at[8]);
    expect(instants((made) => (made === 1 ? { retryAfter: 1e15 } : {})).at[1]).toBe(24 * hour);
  });

  test('nothing is sent later than 120 hours after the first attempt', () => {
    const { at, end } = instants(() => ({ retryAfter: 24 * hour }));
    expect(at).toEqual([0, 24, 48, 72, 96, 120].map((hours) => hours * hour));
    expect(end).toBe('deadline');
  });

  test.each([
    ['1', 1000],
    ['  120 ', 120_000],
    ['Mon, 05 Jan 2026 10:00:00 GMT', hour],
    ['Mon, 05 Jan 2026 08:00:00 GMT', 0],
    ['120.6', undefined],
    ['-5', undefined],
    ['soon', undefined],
    ['Monday', undefined],
    ['2026-01-05T10:00:00Z', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('Retry-After %j is %j ms', (header, expected) => {
    expect(retryAfterOf(header, start)).toBe(expected);
  });
});

test.each([
  ['order.placed', 'order.placed', true],
  ['order.placed', 'order.placed2', false],
  ['order.*', 'order.hold.placed', true],
  ['order.*', 'order', false],
  ['order.*', 'orders.placed', false],
  ['order.hold.*', 'order.placed', false],
  ['*', 'stock.adjusted', true],
])('the filter %s on %s: %s', (filter, type, expected) => {
  expect(wants(['nothing.else', filter], type)).toBe(expected);
});
