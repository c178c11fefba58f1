import { BusMessage } from '../../../shared/events/bus-message.ts';
import { taxes, wholeOrders } from '../../../shared/runtime/dependencies.ts';
import { log } from '../../../shared/runtime/log.ts';
import { defineSubscriber } from '../../../shared/runtime/subscriber.ts';
import { reportTaxes } from '../../../shared/use-cases/report-taxes.ts';

const deps = { orders: wholeOrders(), taxes: taxes() };

export const handler = defineSubscriber('report-taxes', BusMessage, async (message) => {
  const outcome = await reportTaxes(deps, message);
  const { id, type, subject } = message.detail;
  log.info('taxes reported', { eventId: id, type, orderId: subject, outcome });
});
