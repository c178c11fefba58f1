import type { EventType } from '../events.ts';
import type { LocationId } from '../ids.ts';
import type { Line, Order } from '../order.ts';
import type { Appliers } from './applier.ts';
import { endReservations, moveLines, release, updateLines, updateReservations } from './lines.ts';
import { updateFulfillment } from './update-fulfillment.ts';

type Chapter = 'fulfillment' | 'customization' | 'shipment' | 'digital' | 'receipt';

export const fulfillments = {
  'fulfillment.created': (order, { fulfillmentId, locationId, lines }, { at }) => ({
    ...updateLines(moveLines(order, lines, 'RESERVED', 'ASSIGNED'), lines, (line, units) =>
      updateReservations(line, units, (reservation) => ({ ...reservation, state: 'ALLOCATED', fulfillmentId })),
    ),
    fulfillments: [
      ...order.fulfillments,
      {
        id: fulfillmentId,
        orderId: order.id,
        locationId,
        status: 'OPEN',
        lines: lines.map(({ lineId, sku, quantity, reservationId, components, capability }) => ({
          lineId,
          sku,
          reservationId,
          quantity,
          ...(components && { components }),
          ...(capability !== undefined && { capability }),
          picked: 0,
          packed: 0,
          shorted: 0,
        })),
        parcels: [],
        fundsSecured: false,
        createdAt: at,
        updatedAt: at,
      },
    ],
  }),
  'fulfillment.accepted': (order, { fulfillmentId }, { at }) =>
    updateFulfillment(order, fulfillmentId, at, (fulfillment) => ({ ...fulfillment, status: 'ACCEPTED' })),
  'customization.started': (order, { fulfillmentId }, { at }) =>
    updateFulfillment(order, fulfillmentId, at, (fulfillment) => ({
      ...fulfillment,
      status: 'CUSTOMIZING',
      customization: { startedAt: at },
    })),
  'customization.finished': (order, { fulfillmentId }, { at }) =>
    updateFulfillment(order, fulfillmentId, at, (fulfillment) => ({
      ...fulfillment,
      status: 'CUSTOMIZED',
      customization: { startedAt: fulfillment.customization?.startedAt ?? at, finishedAt: at },
    })),
  'fulfillment.rejected': (order, { fulfillmentId, locationId, reason, reservations, excluded }, { at }) => {
    const freed = endReservations(order, reservations, 'ASSIGNED', 'OPEN');
    return updateFulfillment(
      excluded ? excludeSite(freed, reservations, locationId) : freed,
      fulfillmentId,
      at,
      (fulfillment) => ({ ...fulfillment, status: 'REJECTED', endReason: reason }),
    );
  },
  'fulfillment.shorted': (order, { fulfillmentId, locationId, lines }, { at }) =>
    updateFulfillment(
      excludeSite(
        updateLines(moveLines(order, lines, 'ASSIGNED', 'OPEN'), lines, (line, shorts) =>
          shortReservations(line, shorts),
        ),
        lines,
        locationId,
      ),
      fulfillmentId,
      at,
      (fulfillment) => ({
        ...fulfillment,
        lines: fulfillment.lines.map((line) => {
          const short = lines.find(({ reservationId }) => reservationId === line.reservationId);
          return short ? { ...line, shorted: line.shorted + short.quantity } : line;
        }),
      }),
    ),
  'fulfillment.picked': (order, { fulfillmentId, lines }, { at }) =>
    updateFulfillment(moveLines(order, lines, 'ASSIGNED', 'PICKED'), fulfillmentId, at, (fulfillment) => ({
      ...fulfillment,
      status: 'PICKED',
      lines: fulfillment.lines.map((line) => ({ ...line, picked: line.quantity - line.shorted })),
    })),
  'fulfillment.packed': (order, { fulfillmentId, lines, parcels }, { at }) =>
    updateFulfillment(moveLines(order, lines, 'PICKED', 'PACKED'), fulfillmentId, at, (fulfillment) => ({
      ...fulfillment,
      status: 'PACKED',
      parcels,
      lines: fulfillment.lines.map((line) => ({ ...line, packed: line.picked })),
    })),
  'fulfillment.canceled': (order, { fulfillmentId, reason }, { at }) =>
    updateFulfillment(order, fulfillmentId, at, (fulfillment) => ({
      ...fulfillment,
      status: 'CANCELED',
      endReason: reason,
    })),
  'shipment.labeled': (order, { fulfillmentId, shipment }, { at }) =>
    updateFulfillment(order, fulfillmentId, at, (fulfillment) => ({ ...fulfillment, shipment })),
  'fulfillment.shipped': (order, { fulfillmentId, shipment, reservations }, { at }) =>
    updateFulfillment(
      updateLines(moveLines(order, reservations, 'PACKED', 'SHIPPED'), reservations, (line, units) =>
        updateReservations(line, units, (reservation) => ({ ...reservation, state: 'CONSUMED' })),
      ),
      fulfillmentId,
      at,
      (fulfillment) => ({ ...fulfillment, status: 'HANDED_OVER', shipment }),
    ),
  'fulfillment.delivered': (order, { fulfillmentId, lines, orderDelivered }, { at }) => ({
    ...updateFulfillment(moveLines(order, lines, 'SHIPPED', 'DELIVERED'), fulfillmentId, at, (fulfillment) => ({
      ...fulfillment,
      status: 'COMPLETED',
    })),
    ...(orderDelivered && { deliveredAt: at }),
  }),
  'digital.started': (order, _, { at }) => ({ ...order, digitalStartedAt: at }),
  'digital.delivered': (order, { lines, orderDelivered }, { at }) => ({
    ...moveLines(order, lines, 'ASSIGNED', 'DELIVERED'),
    ...(orderDelivered && { deliveredAt: at }),
  }),
  'receipt.confirmed': (order, _, { at }) => ({ ...order, receiptConfirmedAt: at }),
} satisfies Appliers<Extract<EventType, `${Chapter}.${string}`>>;

/** A reservation ends once: the part that was not found ends now, under an id of its own, the rest stays. */
const shortReservations = (line: Line, shorts: readonly { reservationId: string; quantity: number }[]): Line => ({
  ...line,
  reservations: line.reservations.flatMap((one) => {
    const missing = shorts.find(({ reservationId }) => reservationId === one.id)?.quantity ?? 0;
    if (missing === 0) return [one];
    if (missing === one.quantity) return [release(one)];
    return [
      { ...one, quantity: one.quantity - missing },
      { ...release(one), id: `${one.id}:short`, quantity: missing },
    ];
  }),
});

/** By SKU: another line of the same goods would be asked for in vain just the same. */
function excludeSite(order: Order, units: readonly { sku: string }[], site: LocationId): Order {
  const skus = new Set(units.map(({ sku }) => sku));
  return {
    ...order,
    lines: order.lines.map((line) =>
      skus.has(line.sku) && !line.excludedSites?.includes(site)
        ? { ...line, excludedSites: [...(line.excludedSites ?? []), site] }
        : line,
    ),
  };
}
