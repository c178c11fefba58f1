import type { CommandOf } from '../commands.ts';
import { eventOf } from '../event-of.ts';
import type { PlacedSecret } from '../event-secrets.ts';
import { lineId } from '../ids.ts';
import { goodsOf } from '../kit.ts';
import { reject } from '../rejection.ts';
import { type CartHold, convertHold } from '../stock/cart-hold.ts';
import { accept, type Decision, type DecisionContext } from './decision.ts';
import { price } from './price.ts';

/**
 * Bytes of UTF-8 that the lines may take: they stand in one event, which is one item of the store (400 kB there), and an event in one entry
 * on the bus. 1,000 lines with titles of 200 Latin letters fit.
 */
const mostLineBytes = 330_000;

/** Of one SKU for one line: as many as a plain line may have. */
const mostPieces = 1_000_000;

export function place(command: CommandOf<'place'>, { actor, now, policy }: DecisionContext): Decision {
  const priced = price(command);
  if ('ok' in priced) return priced;
  const { charges, total, payments } = priced;
  if (payments.length === 0 && total > 0 && policy.capture !== 'none') {
    return reject('payments_differ', `The order comes to ${total}, and says no payment.`);
  }
  if (new TextEncoder().encode(JSON.stringify(command.lines)).length > mostLineBytes) {
    return reject(
      'order_too_large',
      `The lines take more than ${mostLineBytes} bytes: shorten the titles, or send several orders.`,
    );
  }
  const pieces = Math.max(...command.lines.flatMap(goodsOf).map(({ quantity }) => quantity));
  if (pieces > mostPieces) {
    return reject('order_too_large', `A kit's line needs ${pieces} pieces of a component, more than ${mostPieces}.`);
  }
  const held = command.cartHold && fromCart(command, command.cartHold, now);
  if (held && !held.ok) return held;
  const { contact, delivery, billing, client, purchaseOrderNumber } = command;
  return accept(
    eventOf(
      'order.placed',
      {
        externalId: command.externalId,
        channel: command.channel,
        currency: command.currency,
        customer: { id: command.customer.id, ...(command.customer.locale && { locale: command.customer.locale }) },
        lines: command.lines.map((line, index) => ({
          id: lineId(index + 1),
          sku: line.sku,
          ...(line.title !== undefined && { title: line.title }),
          ...(line.kind && { kind: line.kind }),
          ...(line.components && { components: line.components }),
          ...(line.customization && { customization: { capability: line.customization.capability } }),
          quantity: line.quantity,
          ...(line.splittable !== undefined && { splittable: line.splittable }),
          ...(line.keepTogether !== undefined && { keepTogether: line.keepTogether }),
          unitPrice: line.unitPrice,
          ...(line.discounts && { discounts: line.discounts }),
          ...(line.taxClass !== undefined && { taxClass: line.taxClass }),
          ...(line.taxes && { taxes: line.taxes }),
        })),
        ...(charges.length > 0 && { charges }),
        ...(command.taxMode && { taxMode: command.taxMode }),
        ...(command.tax && { tax: 'PENDING' }),
        ...(policy.capture !== 'onPack' && { capture: policy.capture }),
        ...(policy.shippingCharge !== 'prorate' && { shippingCharge: policy.shippingCharge }),
        ...(purchaseOrderNumber !== undefined && { purchaseOrderNumber }),
        delivery: {
          method: delivery.method,
          service: delivery.service,
          country: delivery.address.country,
          ...(delivery.promisedBy !== undefined && { promisedBy: delivery.promisedBy }),
        },
        payments,
        total,
        ...(command.priority !== undefined && { priority: command.priority }),
        placedBy: actor,
      },
      {
        contact,
        address: delivery.address,
        tokens: tokensOf(payments, command),
        ...(billing && { billing }),
        ...(client && { client }),
        ...instructionsOf(command),
      },
    ),
    ...(held?.events ?? []),
  );
}

const tokensOf = (payments: readonly { id: string }[], command: CommandOf<'place'>): Record<string, string> =>
  Object.fromEntries(
    payments.flatMap(({ id }, index) => {
      const token = command.payments[index]?.token;
      return token === undefined ? [] : [[id, token]];
    }),
  );

/** What customers write on things is theirs: it stays out of the event. */
function instructionsOf({ lines }: CommandOf<'place'>): Pick<PlacedSecret, 'instructions'> {
  const given = lines.flatMap(({ customization }, index) =>
    customization ? [[lineId(index + 1), customization.instructions] as const] : [],
  );
  return given.length > 0 ? { instructions: Object.fromEntries(given) } : {};
}

/** The units of the cart's hold become reservations in the same transaction: nobody can buy them in between (vendure #3508). */
function fromCart({ orderId, lines, channel }: CommandOf<'place'>, hold: CartHold, now: string): Decision {
  const conversion = convertHold(hold, lines, orderId, now);
  if (!conversion) {
    return reject('cart_hold_ended', `The hold ${hold.id} is over: it was ${hold.state.toLowerCase()} or ran out.`);
  }
  if (hold.storefrontId !== channel || conversion.taken.length === 0) {
    return reject('cart_hold_unrelated', `The hold ${hold.id} has no unit that this order asks for.`);
  }
  const reservations = conversion.taken.map(({ line, ...units }, index) => ({
    reservationId: `rsv_${index + 1}`,
    lineId: lineId(line + 1),
    ...units,
  }));
  const sites = new Set(reservations.map(({ locationId }) => locationId)).size;
  const cartHold = { id: hold.id, released: conversion.surplus };
  return accept(eventOf('reservation.created', { reservations, routing: { candidates: [], sites }, cartHold }));
}
