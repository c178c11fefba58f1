import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { carrierFault } from '../../shared/adapters/sandbox/carrier.ts';
import { type ApiClient, type OrderView, sampleOrder } from '../client.ts';
import type { Cloud } from '../cloud.ts';

export interface Stage {
  cloud: Cloud;
  api: ApiClient;
}

export interface Scenario {
  name: string;
  what: string;
  /** Plays the order and returns it at its end. Throws when something on the way is not as scripted. */
  play(stage: Stage): Promise<OrderView>;
  /** What must be true at the end. */
  ends(order: OrderView): Record<string, [actual: unknown, expected: unknown]>;
}

const isConfirmed = ({ status }: OrderView) => status === 'CONFIRMED';

const delivered = (order: OrderView) => ({
  status: [order.status, 'DELIVERED'] as [unknown, unknown],
  'captured = total': [order.balance.captured, order.total] as [unknown, unknown],
  'open exceptions': [order.exceptions.filter(({ status }) => status === 'OPEN').length, 0] as [unknown, unknown],
});

async function scriptCarrierOutage({ cloud }: Stage, bookings: number): Promise<void> {
  const { SandboxTable: table } = cloud.outputs;
  if (!table) throw new Error('the template has no output SandboxTable');
  const client = new DynamoDBClient({
    endpoint: cloud.awsUrl,
    region: cloud.kernel.region,
    credentials: { accessKeyId: 'operator', secretAccessKey: 'operator' },
  });
  await client.send(
    new PutItemCommand({
      TableName: table,
      Item: { pk: { S: carrierFault }, sk: { S: '-' }, counter: { N: String(bookings) } },
    }),
  );
  client.destroy();
}

/** The five orders of the demo. */
export const scenarios: Scenario[] = [
  {
    name: 'happy-path',
    what: 'One site has everything: placed, reserved, authorized, confirmed, packed, captured, shipped, delivered.',
    async play({ api }) {
      const placed = await api.place(
        sampleOrder('demo-happy', [
          { sku: 'donut-glazed', quantity: 6, unitPrice: 180 },
          { sku: 'coffee-beans-1kg', quantity: 1, unitPrice: 1490 },
        ]),
      );
      await api.fulfill(await api.waitFor(placed.id, isConfirmed));
      return api.waitFor(placed.id, ({ status }) => status === 'DELIVERED');
    },
    ends: (order) => ({ ...delivered(order), sites: [order.fulfillments.length, 1] }),
  },
  {
    name: 'two-sites',
    what: 'No single site has both articles: the order is split over two, each ships and is paid for on its own.',
    async play({ api }) {
      const placed = await api.place(
        sampleOrder('demo-two-sites', [
          { sku: 'mug-batuta', quantity: 2, unitPrice: 1200 },
          { sku: 'coffee-beans-1kg', quantity: 1, unitPrice: 1490 },
        ]),
      );
      await api.fulfill(await api.waitFor(placed.id, isConfirmed));
      return api.waitFor(placed.id, ({ status }) => status === 'DELIVERED');
    },
    ends: (order) => ({ ...delivered(order), sites: [order.fulfillments.length, 2] }),
  },
  {
    name: 'short-on-stock',
    what: 'Five wanted, three there: the order waits on backorder and goes on by itself when supply arrives.',
    async play({ api }) {
      const placed = await api.place(sampleOrder('demo-short', [{ sku: 'cake-stand', quantity: 5, unitPrice: 3900 }]));
      await api.waitFor(placed.id, ({ status }) => status === 'BACKORDERED');
      await api.must('warehouse', 'PUT', '/v1/inventory/cake-stand/locations/store-center', { onHand: 10 });
      await api.fulfill(await api.waitFor(placed.id, isConfirmed));
      return api.waitFor(placed.id, ({ status }) => status === 'DELIVERED');
    },
    ends: delivered,
  },
  {
    name: 'declined-card',
    what: 'The card is declined: the stock goes back, the order is on hold, and the customer cancels it.',
    async play({ api }) {
      const placed = await api.place(
        sampleOrder('demo-declined', [{ sku: 'apron-baker', quantity: 1, unitPrice: 2500 }], { token: 'tok_declined' }),
      );
      const held = await api.waitFor(placed.id, ({ status }) => status === 'ON_HOLD');
      if (held.holds[0]?.reason !== 'PAYMENT') throw new Error('the hold is not about the payment');
      await api.must('agent', 'POST', `/v1/orders/${placed.id}/cancel`, { reason: 'customer gave up' });
      return api.waitFor(placed.id, ({ status }) => status === 'CANCELED');
    },
    ends: (order) => ({
      status: [order.status, 'CANCELED'],
      captured: [order.balance.captured, 0],
      authorized: [order.balance.authorized, 0],
    }),
  },
  {
    name: 'carrier-outage',
    what: 'The carrier is down when the parcel is packed: the workflow tries again until the label is booked.',
    async play(stage) {
      const { api } = stage;
      const placed = await api.place(
        sampleOrder('demo-carrier', [{ sku: 'donut-chocolate', quantity: 12, unitPrice: 190 }], { locale: 'es' }),
      );
      const confirmed = await api.waitFor(placed.id, isConfirmed);
      const fulfillment = confirmed.fulfillments[0];
      if (!fulfillment) throw new Error('there is no fulfillment');
      await scriptCarrierOutage(stage, 2);
      for (const verb of ['accept', 'pick', 'pack'] as const) await api.verb(fulfillment.id, verb);
      await api.waitForEvent(placed.id, 'shipment.labeled');
      for (const verb of ['ship', 'deliver'] as const) await api.verb(fulfillment.id, verb);
      return api.waitFor(placed.id, ({ status }) => status === 'DELIVERED');
    },
    ends: delivered,
  },
];
