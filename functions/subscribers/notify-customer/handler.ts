import * as z from 'zod';
import { dynamoDb } from '../../../shared/adapters/dynamodb/client.ts';
import { pk, sk } from '../../../shared/adapters/dynamodb/keys.ts';
import { dynamoNotificationStore } from '../../../shared/adapters/dynamodb/notification-store.ts';
import { orderFromItems } from '../../../shared/adapters/dynamodb/order-items.ts';
import { queryAll } from '../../../shared/adapters/dynamodb/order-store.ts';
import { sesMailer } from '../../../shared/adapters/ses.ts';
import { realSystem } from '../../../shared/adapters/system.ts';
import type { OrderId } from '../../../shared/domain/ids.ts';
import { BusMessage } from '../../../shared/events/bus-message.ts';
import { shopNameOf } from '../../../shared/notifications/sender.ts';
import { parseEnv, requiredVariable } from '../../../shared/runtime/env.ts';
import { log } from '../../../shared/runtime/log.ts';
import { defineSubscriber } from '../../../shared/runtime/subscriber.ts';
import { notifyCustomer } from '../../../shared/use-cases/notify-customer.ts';

const env = parseEnv(
  z.object({ ORDERS_TABLE: requiredVariable, DELIVERY_TABLE: requiredVariable, SENDER_ADDRESS: requiredVariable }),
);
const deps = {
  orders: {
    load: async (id: OrderId) => orderFromItems(await queryAll(dynamoDb, env.ORDERS_TABLE, pk.order(id), sk.state)),
  },
  notifications: dynamoNotificationStore(dynamoDb, env.DELIVERY_TABLE),
  mailer: sesMailer(env.SENDER_ADDRESS),
  system: realSystem(),
  shop: shopNameOf(env.SENDER_ADDRESS),
};

export const handler = defineSubscriber('notify-customer', BusMessage, async (message, { messageId, receiveCount }) => {
  const outcome = await notifyCustomer(deps, message, { messageId, receiveCount });
  const { id, type, subject } = message.detail;
  log.info('customer notified', { eventId: id, type, orderId: subject, outcome });
});
