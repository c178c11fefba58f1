import type { LineId } from './ids.ts';
import type { Line, Order } from './order.ts';

/** Of one group, so many lines go in one transaction whatever else does, at placing and when they are routed again. */
export const mostLinesTogether = 15;

const groupsOf = ({ lines }: Pick<Order, 'lines'>): ReadonlyMap<LineId, Line['keepTogether']> =>
  new Map(lines.map(({ id, keepTogether }) => [id, keepTogether]));

/** What is kept together stands together, each group where its first units stood. */
export function inGroups<U extends { lineId: LineId }>(order: Pick<Order, 'lines'>, units: readonly U[]): U[] {
  const groups = groupsOf(order);
  const key = ({ lineId }: U) => {
    const group = groups.get(lineId);
    return group === undefined ? `line ${lineId}` : `group ${group}`;
  };
  return [...Map.groupBy(units, key).values()].flat();
}

/**
 * The first `count` of units that stand in groups, without those of a group that would be cut in two: what goes in another transaction may find its site
 * sold out. A group that is too large by itself is cut.
 */
export function uncut<U extends { lineId: LineId }>(
  order: Pick<Order, 'lines'>,
  units: readonly U[],
  count: number,
): U[] {
  const groups = groupsOf(order);
  const groupAt = (index: number) => groups.get(units[index]?.lineId as LineId);
  let end = Math.min(count, units.length);
  while (end > 0 && end < units.length && groupAt(end) !== undefined && groupAt(end - 1) === groupAt(end)) end -= 1;
  return units.slice(0, end > 0 ? end : count);
}
