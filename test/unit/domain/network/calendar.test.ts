import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { alwaysOpen, Calendar, doneAfter, isOpen, shipDay } from '../../../../shared/domain/network/calendar.ts';
import { instantOf, wallClockAt } from '../../../../shared/domain/network/wall-clock.ts';

const madrid = 'Europe/Madrid';
const at = (iso: string) => Date.parse(iso);
const weekdayHours = [
  { from: '09:00', to: '14:00' },
  { from: '16:00', to: '19:00' },
];
const shop = Calendar.parse({
  hours: {
    monday: weekdayHours,
    tuesday: weekdayHours,
    wednesday: weekdayHours,
    thursday: weekdayHours,
    friday: weekdayHours,
  },
  holidays: ['2026-12-25'],
  exceptions: [{ date: '2026-12-20', hours: [{ from: '10:00', to: '13:00' }] }],
});

describe('the wall clock of a place', () => {
  test('shows the local day, minute and weekday, in summer and in winter', () => {
    expect(wallClockAt(madrid, at('2026-07-01T22:30:00Z'))).toEqual({ date: '2026-07-02', minutes: 30, weekday: 4 });
    expect(wallClockAt(madrid, at('2026-11-21T23:30:00Z'))).toEqual({ date: '2026-11-22', minutes: 30, weekday: 7 });
    expect(wallClockAt('Asia/Kathmandu', at('2026-11-21T18:15:00Z')).date).toBe('2026-11-22');
  });

  test('a time that the clocks jump over comes as late as without the jump, one that they show twice is the first', () => {
    expect(instantOf(madrid, '2026-03-29', 150)).toBe(at('2026-03-29T01:30:00Z'));
    expect(instantOf(madrid, '2026-10-25', 150)).toBe(at('2026-10-25T00:30:00Z'));
    expect(instantOf(madrid, '2026-10-25', 240)).toBe(at('2026-10-25T03:00:00Z'));
  });

  test('every instant of every zone is found again by what its wall shows', () => {
    const zones = ['UTC', madrid, 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', 'America/Sao_Paulo'];
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.integer({ min: at('2024-01-01'), max: at('2030-01-01') }),
        (zone, raw) => {
          const instant = Math.floor(raw / 60_000) * 60_000;
          const { date, minutes } = wallClockAt(zone, instant);
          const found = instantOf(zone, date, minutes);
          // Twice-shown times are found at their first showing.
          expect(wallClockAt(zone, found)).toEqual(wallClockAt(zone, instant));
          expect(found).toBeLessThanOrEqual(instant);
        },
      ),
    );
  });
});

describe('the calendar of a location', () => {
  test('is open within its hours, on its own clock, not on holidays, and on its exceptions', () => {
    expect(isOpen(shop, madrid, at('2026-11-23T08:00:00Z'))).toBe(true);
    expect(isOpen(shop, madrid, at('2026-11-23T07:59:00Z'))).toBe(false);
    expect(isOpen(shop, madrid, at('2026-11-23T13:00:00Z'))).toBe(false);
    expect(isOpen(shop, madrid, at('2026-11-21T10:00:00Z'))).toBe(false);
    expect(isOpen(shop, madrid, at('2026-12-25T10:00:00Z'))).toBe(false);
    expect(isOpen(shop, madrid, at('2026-12-20T10:00:00Z'))).toBe(true);
  });

  test('work goes on after the break, and after the weekend', () => {
    expect(doneAfter(shop, madrid, at('2026-11-23T12:30:00Z'), 60)).toBe(at('2026-11-23T15:30:00Z'));
    expect(doneAfter(shop, madrid, at('2026-11-20T17:30:00Z'), 60)).toBe(at('2026-11-23T08:30:00Z'));
    expect(doneAfter(shop, madrid, at('2026-11-21T10:00:00Z'), 0)).toBe(at('2026-11-23T08:00:00Z'));
  });

  test('a place that is closed for good promises nothing', () => {
    expect(doneAfter(Calendar.parse({ hours: {} }), madrid, at('2026-11-23T12:30:00Z'), 5)).toBeUndefined();
  });

  test('goods leave today until the cut-off, then the next day that is worked', () => {
    const order = { cutOff: '15:00', workMinutes: 30 };
    expect(shipDay(shop, madrid, at('2026-11-23T09:00:00Z'), order)).toBe('2026-11-23');
    expect(shipDay(shop, madrid, at('2026-11-23T14:00:00Z'), order)).toBe('2026-11-24');
    expect(shipDay(shop, madrid, at('2026-11-20T16:00:00Z'), order)).toBe('2026-11-23');
    expect(shipDay(shop, madrid, at('2026-12-24T17:40:00Z'), { cutOff: undefined, workMinutes: 30 })).toBe(
      '2026-12-28',
    );
    expect(shipDay(alwaysOpen, madrid, at('2026-11-21T22:59:00Z'), { cutOff: undefined, workMinutes: 1 })).toBe(
      '2026-11-21',
    );
  });

  test('hours that overlap or end before they begin are refused where they stand', () => {
    const overlap = Calendar.safeParse({
      hours: {
        monday: [
          { from: '09:00', to: '12:00' },
          { from: '11:59', to: '13:00' },
        ],
      },
    });
    expect(overlap.error?.issues).toMatchObject([
      { path: ['hours', 'monday', 1], params: { code: 'overlapping_hours' } },
    ]);
    expect(Calendar.safeParse({ hours: { monday: [{ from: '12:00', to: '09:00' }] } }).success).toBe(false);
    expect(Calendar.safeParse({ hours: { monday: [{ from: '9:00', to: '12:00' }] } }).success).toBe(false);
    expect(Calendar.safeParse({ hours: { lunes: [] } }).success).toBe(false);
  });
});
