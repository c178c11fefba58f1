/** Five minutes: as long as a customer takes to choose, far shorter than stock stays as it is. */
const longest = 300_000;
const second = 1000;

/**
 * Until when everything offered stays as it is, epoch milliseconds, to the second below: five minutes, or a cut-off or closing time before. Each condition
 * holds now, and once it ceases to hold it does not come back.
 */
export function holdsUntil(now: number, conditions: readonly ((instant: number) => boolean)[]): number {
  const hold = (instant: number) => conditions.every((condition) => condition(instant));
  if (hold(now + longest)) return now + longest;
  let [holds, fails] = [now, now + longest];
  while (fails - holds > second) {
    const middle = Math.floor((holds + fails) / 2);
    if (hold(middle)) holds = middle;
    else fails = middle;
  }
  return holds;
}
