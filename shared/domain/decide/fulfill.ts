import { draftInvoice, packedUnits } from '../billing.ts';
import type { CommandOf } from '../commands.ts';
import { eventOf } from '../event-of.ts';
import type { LineId } from '../ids.ts';
import type { Fulfillment, FulfillmentLine, FulfillmentStatus, Order, Parcel } from '../order.ts';
import { unitsIn } from '../positions.ts';
import { reject } from '../rejection.ts';
import { isCollectable, isSettled, settlement } from '../settlement.ts';
import { onHold } from './confirm.ts';
import { accept, alreadyDone, type Decision } from './decision.ts';

/** What each verb of a location needs and leads to. A verb at its own goal is done already; anywhere else it is refused. */
const verbs = {
  accept: { from: ['OPEN'], to: 'ACCEPTED' },
  startCustomization: { from: ['ACCEPTED'], to: 'CUSTOMIZING' },
  finishCustomization: { from: ['CUSTOMIZING'], to: 'CUSTOMIZED' },
  pick: { from: ['ACCEPTED', 'CUSTOMIZED'], to: 'PICKED' },
  pack: { from: ['PICKED'], to: 'PACKED' },
  ship: { from: ['PACKED'], to: 'HANDED_OVER' },
  deliver: { from: ['HANDED_OVER'], to: 'COMPLETED' },
  // Last: what is usual stands first.
  reject: { from: ['OPEN', 'ACCEPTED'], to: 'REJECTED' },
} as const satisfies Record<string, { from: readonly FulfillmentStatus[]; to: FulfillmentStatus }>;
type Verb = keyof typeof verbs;

/** The verbs a fulfillment order takes in its state: what clients are told is possible. */
export const possibleVerbs = (fulfillment: Fulfillment): Verb[] =>
  (Object.keys(verbs) as Verb[]).filter((verb) => startsAt(verb, fulfillment));

function startsAt(verb: Verb, fulfillment: Fulfillment): boolean {
  const { status } = fulfillment;
  if (verb === 'startCustomization' && !isCustomized(fulfillment)) return false;
  if (verb === 'pick' && status === 'ACCEPTED' && isCustomized(fulfillment)) return false;
  return verbs[verb].from.some((from) => from === status);
}

const isCustomized = ({ lines }: Fulfillment): boolean => lines.some(({ capability }) => capability !== undefined);

/** The fulfillment order that a verb is about, or why nothing happens. */
export function findForVerb(order: Order, command: { type: Verb; fulfillmentId: string }): Fulfillment | Decision {
  const fulfillment = order.fulfillments.find(({ id }) => id === command.fulfillmentId);
  if (!fulfillment) return reject('fulfillment_not_found', `The order has no fulfillment ${command.fulfillmentId}.`);
  const { from, to } = verbs[command.type];
  if (fulfillment.status === to) return alreadyDone;
  if (!startsAt(command.type, fulfillment)) {
    const toDo =
      isCustomized(fulfillment) && (fulfillment.status === 'ACCEPTED' || fulfillment.status === 'CUSTOMIZING');
    if (toDo && (command.type === 'pick' || command.type === 'pack')) {
      const message = `Cannot ${command.type} ${fulfillment.id}: its units are to be customized first.`;
      return reject('customization_not_done', message, possibleVerbs(fulfillment));
    }
    if (command.type === 'startCustomization' && !isCustomized(fulfillment)) {
      const message = `Nothing of ${fulfillment.id} is to be customized.`;
      return reject('invalid_transition', message, possibleVerbs(fulfillment));
    }
    const message = `Cannot ${command.type} ${fulfillment.id}: it is ${fulfillment.status}, not ${from.join(' or ')}.`;
    return reject('invalid_transition', message, possibleVerbs(fulfillment));
  }
  return fulfillment;
}

export const isDecision = (found: Fulfillment | Decision): found is Decision => 'ok' in found;

export function acceptFulfillment(order: Order, command: CommandOf<'accept'>): Decision {
  const found = findForVerb(order, command);
  if (isDecision(found)) return found;
  if (order.holds.length > 0) return onHold(order);
  return accept(eventOf('fulfillment.accepted', { fulfillmentId: found.id, locationId: found.locationId }));
}

/** Parcels must hold exactly what was picked; without parcels everything is in one. A line may stand in a fulfillment order twice: reserved in two goes. */
export function pack(order: Order, command: CommandOf<'pack'>): Decision {
  const found = findForVerb(order, command);
  if (isDecision(found)) return found;
  const picked = found.lines.filter((line) => line.picked > 0);
  const lines = picked.map((line) => unitsFor(line, line.picked));
  const pickedByLine = sumByLine(lines);
  const parcels: Parcel[] = command.parcels ?? [
    { id: 'parcel_1', contents: [...pickedByLine].map(([lineId, quantity]) => ({ lineId, quantity })) },
  ];
  const packedByLine = sumByLine(parcels.flatMap(({ contents }) => contents));
  const asPicked =
    packedByLine.size === pickedByLine.size &&
    [...pickedByLine].every(([lineId, quantity]) => packedByLine.get(lineId) === quantity);
  if (!asPicked) return reject('invalid_transition', 'The parcels do not hold exactly what was picked.');
  return accept(
    eventOf('fulfillment.packed', { fulfillmentId: found.id, locationId: found.locationId, lines, parcels }),
  );
}

/** Units of a fulfillment's line, as events name them. */
export const unitsFor = ({ lineId, sku, components }: FulfillmentLine, quantity: number) => ({
  lineId,
  sku,
  quantity,
  ...(components && { components }),
});

function sumByLine<L extends { lineId: LineId; quantity: number }>(units: readonly L[]): Map<LineId, number> {
  const sums = new Map<LineId, number>();
  for (const { lineId, quantity } of units) sums.set(lineId, (sums.get(lineId) ?? 0) + quantity);
  return sums;
}

export function label(order: Order, command: CommandOf<'label'>): Decision {
  const fulfillment = order.fulfillments.find(({ id }) => id === command.fulfillmentId);
  if (!fulfillment) return reject('fulfillment_not_found', `The order has no fulfillment ${command.fulfillmentId}.`);
  if (fulfillment.shipment) return alreadyDone;
  if (fulfillment.status !== 'PACKED') {
    return reject('invalid_transition', `A label is for packed parcels; ${fulfillment.id} is ${fulfillment.status}.`);
  }
  return accept(eventOf('shipment.labeled', { fulfillmentId: fulfillment.id, shipment: command.shipment }));
}

/** Hands the parcels over to the carrier: the units leave the stock. */
export function ship(order: Order, command: CommandOf<'ship'>): Decision {
  const found = findForVerb(order, command);
  if (found === alreadyDone) return shippedOtherwise(order, command) ?? found;
  if (isDecision(found)) return found;
  if (order.holds.length > 0) return onHold(order);
  if (!found.fundsSecured && order.capture !== 'none') {
    return reject('funds_not_secured', `The payment for ${found.id} is not captured yet; try again shortly.`, ['ship']);
  }
  const shipment = command.shipment ?? found.shipment;
  if (!shipment)
    return reject('invalid_transition', `${found.id} has no label: give carrier and tracking number.`, ['ship']);
  return accept(
    eventOf('fulfillment.shipped', {
      fulfillmentId: found.id,
      locationId: found.locationId,
      shipment,
      reservations: found.lines
        .filter(({ packed }) => packed > 0)
        .map((line) => ({
          ...unitsFor(line, line.packed),
          reservationId: line.reservationId,
          locationId: found.locationId,
        })),
      value: invoiceOf(order, found).total.gross,
      currency: order.currency,
      ...(isCollectable(withStatus(order, found.id, 'HANDED_OVER')) && { collect: true }),
    }),
  );
}

const invoiceOf = (order: Order, fulfillment: Fulfillment) =>
  order.invoices.find(({ fulfillmentId }) => fulfillmentId === fulfillment.id) ??
  draftInvoice(order, packedUnits(fulfillment));

/** As it will be: what is then to be captured depends on it. */
const withStatus = (order: Order, id: string, status: FulfillmentStatus): Order => ({
  ...order,
  fulfillments: order.fulfillments.map((one) => (one.id === id ? { ...one, status } : one)),
});

/** Shipping again with another parcel's number is not the same request: answered as done, the number would be lost without a word. */
function shippedOtherwise(order: Order, { fulfillmentId, shipment: given }: CommandOf<'ship'>): Decision | undefined {
  const fulfillment = order.fulfillments.find(({ id }) => id === fulfillmentId);
  const shipped = fulfillment?.shipment;
  if (!given || !shipped) return undefined;
  if (given.carrier === shipped.carrier && given.trackingNumber === shipped.trackingNumber) return undefined;
  const message = `${fulfillmentId} was shipped with ${shipped.carrier}, tracking number ${shipped.trackingNumber}.`;
  return reject('invalid_transition', message, possibleVerbs(fulfillment));
}

export function deliver(order: Order, command: CommandOf<'deliver'>): Decision {
  const found = findForVerb(order, command);
  if (isDecision(found)) return found;
  const lines = found.lines.filter(({ packed }) => packed > 0).map((line) => unitsFor(line, line.packed));
  const arriving = sumByLine(lines);
  const orderDelivered = order.lines.every(
    (line) => unitsIn(line.positions, 'DELIVERED', 'CANCELED') + (arriving.get(line.id) ?? 0) === line.quantity,
  );
  const after = withStatus(order, found.id, 'COMPLETED');
  const settled = isSettled(settlement(after));
  const collect = isCollectable(after);
  return accept(
    eventOf('fulfillment.delivered', {
      fulfillmentId: found.id,
      lines,
      orderDelivered,
      settled,
      ...(collect && { collect }),
    }),
  );
}

export function confirmReceipt(order: Order, confirmedBy: string): Decision {
  if (order.receiptConfirmedAt) return alreadyDone;
  if (!order.deliveredAt) return reject('not_delivered', 'Receipt is confirmed once everything is delivered.');
  return accept(eventOf('receipt.confirmed', { confirmedBy }));
}
