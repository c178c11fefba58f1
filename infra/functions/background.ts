import { batchGet, change, changeAndClear, get, machineArns, put, query, remove, update } from './permissions.ts';
import type { FunctionSpec } from './spec.ts';

/** A batch of a stream: 100 records, each with calls that are retried. */
const stream = { memory: 256, timeout: 60 } as const;

/** Ten messages of a queue; a webhook attempt may take 15 s, and they are made side by side. */
const subscriber = { memory: 256, timeout: 60 } as const;

/** Shorter than the shortest schedule, so that two ticks rarely overlap. */
const schedule = { memory: 256, timeout: 50 } as const;

/** What streams, queues and the clock call. */
export const backgroundFunctions: readonly FunctionSpec[] = [
  {
    ...stream,
    folder: 'streams/publish-events',
    description: 'Puts the event rows of both tables on the bus.',
    environment: ['EVENT_BUS', 'TENANT_ID'],
    grants: { bus: ['events:PutEvents'] },
  },
  {
    ...stream,
    folder: 'streams/start-workflows',
    description: 'Starts the workflow that an event calls for; notices stock that is low, out or back.',
    environment: ['ORDERS_TABLE', 'INVENTORY_TABLE', ...machineArns],
    grants: {
      'orders gsi1': [query],
      inventory: [batchGet, put, update],
      'order machines': ['states:StartExecution'],
    },
  },
  {
    ...subscriber,
    folder: 'subscribers/fan-out-webhooks',
    description: 'Writes one delivery for each webhook endpoint that wants an event.',
    environment: ['DELIVERY_TABLE', 'WEBHOOK_QUEUE_URL'],
    grants: { delivery: [get, query, put], 'webhook queue': ['sqs:SendMessage'] },
  },
  {
    ...subscriber,
    folder: 'subscribers/deliver-webhook',
    description: 'Signs an event and posts it to a webhook endpoint.',
    environment: ['DELIVERY_TABLE', 'WEBHOOK_QUEUE_URL', 'WEBHOOK_ALLOWED_NETWORKS'],
    grants: { delivery: [get, update], 'webhook queue': ['sqs:SendMessage'] },
  },
  {
    ...subscriber,
    folder: 'subscribers/notify-customer',
    description: 'Mails the customer that an order is confirmed or shipped.',
    environment: ['ORDERS_TABLE', 'DELIVERY_TABLE', 'SENDER_ADDRESS'],
    grants: { orders: [query], delivery: [put, update], sender: ['ses:SendEmail'] },
  },
  {
    ...subscriber,
    folder: 'subscribers/post-ledger',
    description: 'Writes what events do to the books: entries, and totals of accounts.',
    environment: ['ORDERS_TABLE', 'INVENTORY_TABLE'],
    // Whose books it is, the order's head says; by whose clock days end, the legal entity.
    grants: { orders: [batchGet], 'orders ledger': [put, update], inventory: [get] },
  },
  {
    ...subscriber,
    folder: 'subscribers/report-taxes',
    description: 'Reports invoices and credit memos to the tax provider.',
    environment: ['ORDERS_TABLE', 'INVENTORY_TABLE', 'TAX_PROVIDER'],
    grants: { orders: [query] },
  },
  {
    ...subscriber,
    folder: 'subscribers/reconcile-settlement',
    // The whole file is held in memory: 100,000 rows at some 1,000 a second.
    memory: 512,
    timeout: 300,
    description: 'Holds a settlement file against the books.',
    environment: ['ORDERS_TABLE', 'INVENTORY_TABLE', 'ORDER_POLICY'],
    grants: {
      // What differs is an exception on its order.
      orders: change,
      'orders ledger': [get, batchGet, update],
      'orders gsi2': [query],
      inventory: [get],
    },
  },
  {
    ...schedule,
    folder: 'schedules/due-timers',
    description: 'Issues the commands and webhook attempts whose time has come.',
    environment: ['ORDERS_TABLE', 'INVENTORY_TABLE', 'DELIVERY_TABLE', 'WEBHOOK_QUEUE_URL', 'ORDER_POLICY'],
    grants: {
      orders: changeAndClear,
      'orders gsi1': [query],
      inventory: [get, batchGet, update, remove],
      'inventory gsi1': [query],
      delivery: [update],
      'delivery gsi1': [query],
      'webhook queue': ['sqs:SendMessage'],
    },
  },
  {
    ...schedule,
    folder: 'schedules/tend-ledger',
    description: 'Closes the days of the books, and tells of them.',
    environment: ['ORDERS_TABLE', 'INVENTORY_TABLE'],
    grants: {
      'orders ledger': [query, get, batchGet, put, update],
      'orders gsi2': [query],
      inventory: [get],
    },
  },
  {
    ...schedule,
    folder: 'schedules/stuck-orders',
    description: 'Starts the workflow again of orders and operations that made no progress.',
    environment: ['ORDERS_TABLE', 'INVENTORY_TABLE', 'ORDER_POLICY', ...machineArns],
    grants: {
      orders: [...changeAndClear, get, batchGet, update],
      'orders gsi1': [query],
      'orders gsi2': [query],
      inventory: [get, query, batchGet, update, remove],
      'inventory gsi2': [query],
      'operation machines': ['states:StartExecution'],
      'order machines': ['states:StartExecution'],
    },
  },
];
