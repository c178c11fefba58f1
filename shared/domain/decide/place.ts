import type { CommandOf } from '../commands.ts';
import { eventOf } from '../events.ts';
import { lineId, paymentId } from '../ids.ts';
import { sumExact } from '../money.ts';
import { reject } from '../rejection.ts';
import { accept, type Decision, type DecisionContext } from './decision.ts';

/**
 * Bytes of UTF-8 that the lines may take: they stand in one event, which is one item of the store (400 kB there), and an event in one entry
 * on the bus. 1,000 lines with titles of 200 Latin letters fit.
 */
const mostLineBytes = 330_000;

export function place(command: CommandOf<'place'>, { actor }: DecisionContext): Decision {
  const total = sumExact(command.lines.map((line) => line.quantity * line.unitPrice));
  if (total === undefined) return reject('order_total_too_large', 'The order total is beyond 2^53 - 1 minor units.');
  if (new TextEncoder().encode(JSON.stringify(command.lines)).length > mostLineBytes) {
    return reject(
      'order_too_large',
      `The lines take more than ${mostLineBytes} bytes: shorten the titles, or send several orders.`,
    );
  }
  const { contact, delivery, payment } = command;
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
          quantity: line.quantity,
          unitPrice: line.unitPrice,
        })),
        delivery: { method: delivery.method, service: delivery.service, country: delivery.address.country },
        payment: { id: paymentId(1), method: payment.method, amount: total },
        total,
        ...(command.priority !== undefined && { priority: command.priority }),
        placedBy: actor,
      },
      { contact, address: delivery.address, token: payment.token },
    ),
  );
}
