import { movedFrom } from '../backorders.ts';
import type { CommandOf } from '../commands.ts';
import { eventOf } from '../event-of.ts';
import type { EventData } from '../events.ts';
import type { LineId } from '../ids.ts';
import type { Fulfillment, FulfillmentLine, Order, ShortReason } from '../order.ts';
import { reject } from '../rejection.ts';
import { accept, alreadyDone, type Decision } from './decision.ts';
import { findForVerb, isDecision, possibleVerbs, unitsFor } from './fulfill.ts';

/**
 * Records what was picked. What was not found leaves the fulfillment order and is without a site again; the rest goes on. When nothing was
 * found there is nothing to go on with: the fulfillment order is canceled.
 */
export function pick(order: Order, command: CommandOf<'pick'>): Decision {
  const found = findForVerb(order, command);
  if (found === alreadyDone) return pickedOtherwise(order, command) ?? found;
  if (isDecision(found)) return found;
  const shorts = shortsOf(found, command.lines ?? []);
  if ('invalid' in shorts) return reject('invalid_pick', shorts.invalid);
  const { id: fulfillmentId, locationId } = found;
  const missing = new Map(shorts.lines.map(({ reservationId, quantity }) => [reservationId, quantity]));
  const lines = found.lines
    .map((line) => unitsFor(line, line.quantity - (missing.get(line.reservationId) ?? 0)))
    .filter(({ quantity }) => quantity > 0);
  const moved = movedFrom(order, locationId, shorts.lines);
  const shorted = { fulfillmentId, locationId, lines: shorts.lines, ...(moved.length > 0 && { moved }) };
  return accept(
    ...(shorts.lines.length > 0 ? [eventOf('fulfillment.shorted', shorted)] : []),
    lines.length > 0
      ? eventOf('fulfillment.picked', { fulfillmentId, locationId, lines })
      : eventOf('fulfillment.canceled', { fulfillmentId, locationId, reason: 'shorted' }),
  );
}

type Picked = NonNullable<CommandOf<'pick'>['lines']>;
type Shorts = EventData<'fulfillment.shorted'>['lines'];

/** What is missing, by reservation: a line that was reserved in two goes loses its later reservation first. */
function shortsOf(fulfillment: Fulfillment, picked: Picked): { lines: Shorts } | { invalid: string } {
  const named = new Set<LineId>();
  const lines: Shorts = [];
  for (const { lineId, picked: quantity, reason, missing } of picked) {
    const mine = fulfillment.lines.filter((line) => line.lineId === lineId);
    const assigned = mine.reduce((sum, line) => sum + line.quantity, 0);
    if (mine.length === 0) return { invalid: `${fulfillment.id} has no line ${lineId}.` };
    if (named.has(lineId)) return { invalid: `Line ${lineId} stands twice.` };
    named.add(lineId);
    if (quantity > assigned) return { invalid: `Of line ${lineId} ${assigned} are assigned, not ${quantity}.` };
    if (quantity < assigned && !reason) {
      return { invalid: `Of line ${lineId} ${assigned - quantity} are missing: give a reason.` };
    }
    const invalid = missing && whyNotMissing(lineId, mine[0]?.components, assigned - quantity, missing);
    if (invalid) return { invalid };
    if (reason) lines.push(...withMissing(missingOf(fulfillment, mine, assigned - quantity, reason), missing));
  }
  return { lines };
}

function missingOf(
  { locationId }: Fulfillment,
  mine: readonly FulfillmentLine[],
  missing: number,
  reason: ShortReason,
): Shorts {
  let left = missing;
  return mine.toReversed().flatMap((line) => {
    const quantity = Math.min(left, line.quantity);
    left -= quantity;
    const { reservationId } = line;
    return quantity > 0 ? [{ ...unitsFor(line, quantity), reservationId, locationId, reason }] : [];
  });
}

type Missing = NonNullable<Picked[number]['missing']>;

/** What is said of the components must be why just so many kits cannot be picked. */
function whyNotMissing(
  lineId: LineId,
  components: FulfillmentLine['components'],
  kits: number,
  missing: Missing,
): string | undefined {
  if (!components) return `Line ${lineId} is no kit: nothing can be missing of one.`;
  const named = new Set(missing.map(({ sku }) => sku));
  if (named.size < missing.length) return `Of line ${lineId} a component stands twice.`;
  let incomplete = 0;
  for (const { sku, quantity } of missing) {
    const part = components.find((one) => one.sku === sku);
    if (!part) return `The kits of line ${lineId} have no ${sku}.`;
    if (quantity > kits * part.perUnit)
      return `Of ${kits} kits of line ${lineId} no ${quantity} ${sku} can be missing.`;
    incomplete = Math.max(incomplete, Math.ceil(quantity / part.perUnit));
  }
  if (incomplete === kits) return undefined;
  return `What is missing of line ${lineId} leaves ${incomplete} kits incomplete, not ${kits}.`;
}

/** Spreads the missing pieces over the reservations that lose kits. */
function withMissing(shorts: Shorts, missing: Missing | undefined): Shorts {
  if (!missing) return shorts;
  const left = new Map(missing.map(({ sku, quantity }) => [sku, quantity]));
  return shorts.map((short) => {
    const mine = (short.components ?? []).flatMap(({ sku, perUnit }) => {
      const quantity = Math.min(left.get(sku) ?? 0, short.quantity * perUnit);
      left.set(sku, (left.get(sku) ?? 0) - quantity);
      return quantity > 0 ? [{ sku, quantity }] : [];
    });
    return { ...short, missing: mine };
  });
}

/** Picking again with other numbers is not the same request: answered as done, they would be lost without a word. */
function pickedOtherwise(order: Order, { fulfillmentId, lines = [] }: CommandOf<'pick'>): Decision | undefined {
  const fulfillment = order.fulfillments.find(({ id }) => id === fulfillmentId);
  const differs = lines.find(({ lineId, picked }) => {
    const recorded = fulfillment?.lines.filter((line) => line.lineId === lineId) ?? [];
    return recorded.reduce((sum, line) => sum + line.picked, 0) !== picked;
  });
  if (!fulfillment || !differs) return undefined;
  const message = `${fulfillmentId} is picked already, with another quantity of line ${differs.lineId}.`;
  return reject('invalid_transition', message, possibleVerbs(fulfillment));
}
