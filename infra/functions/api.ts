import {
  batchGet,
  change,
  changeAndClear,
  get,
  idempotency,
  keys,
  keysAndCursors,
  machineArns,
  paymentBook,
  put,
  query,
  remove,
  update,
} from './permissions.ts';
import type { FunctionSpec } from './spec.ts';

/** An HTTP API gives up after 30 s; a person does before 10. */
const api = { memory: 512, timeout: 10 } as const;

/** Behind the HTTP API: a function for each chapter of it. */
export const apiFunctions: readonly FunctionSpec[] = [
  {
    ...api,
    folder: 'api/orders',
    description: 'Orders: place, read, list, cancel, holds, exceptions.',
    environment: ['ORDERS_TABLE', 'INVENTORY_TABLE', 'ACCESS_TABLE', 'ORDER_POLICY', 'TENANT_ID'],
    grants: {
      orders: [...changeAndClear, ...idempotency, batchGet],
      'orders gsi1': [query],
      'orders gsi2': [query],
      'orders gsi3': [query],
      // The hold of a cart is read, and its rows go when it becomes an order.
      inventory: [batchGet, get, update, remove],
      ...keysAndCursors,
    },
  },
  {
    ...api,
    folder: 'api/credit-memos',
    description: 'Credit memos: preview and post; refunds made by hand.',
    environment: ['ORDERS_TABLE', 'INVENTORY_TABLE', 'ACCESS_TABLE', 'ORDER_POLICY'],
    // Who sells is on the credit memo.
    grants: { orders: [...changeAndClear, ...idempotency], inventory: [get], ...keys },
  },
  {
    ...api,
    folder: 'api/executions',
    description: 'The workflow executions of an order.',
    environment: ['ORDERS_TABLE', 'ACCESS_TABLE', ...machineArns],
    grants: { orders: [query], executions: ['states:DescribeExecution'], ...keys },
  },
  {
    ...api,
    folder: 'api/fulfillments',
    description: 'Fulfillments: the work list of a site, accept, pick, pack, ship, deliver.',
    environment: [
      'ORDERS_TABLE',
      'INVENTORY_TABLE',
      'ACCESS_TABLE',
      'SANDBOX_TABLE',
      'ORDER_POLICY',
      'PAYMENT_PROVIDER',
    ],
    grants: {
      orders: [...changeAndClear, ...idempotency],
      'orders gsi1': [query],
      'orders gsi2': [query],
      inventory: [get, put, update, batchGet],
      ...keysAndCursors,
      sandbox: paymentBook,
    },
  },
  {
    ...api,
    folder: 'api/fraud',
    description: 'Rules and lists that orders are screened by.',
    environment: ['ORDERS_TABLE', 'ACCESS_TABLE'],
    grants: { 'orders fraud': [get, query, put, update, remove], ...keysAndCursors },
  },
  {
    ...api,
    folder: 'api/payments',
    description: 'Other ways to pay an order, money that was received, and what payment providers tell.',
    environment: [
      'ORDERS_TABLE',
      'INVENTORY_TABLE',
      'ACCESS_TABLE',
      'SANDBOX_TABLE',
      'ORDER_POLICY',
      'PAYMENT_PROVIDER',
    ],
    grants: { orders: [...changeAndClear, ...idempotency], ...keys, sandbox: [get, put] },
  },
  {
    ...api,
    folder: 'api/documents',
    description: 'Invoices and credit memos: JSON, PDF, XML.',
    environment: ['ORDERS_TABLE', 'INVENTORY_TABLE', 'ACCESS_TABLE'],
    // The logo of who sells.
    grants: { orders: [query], inventory: [get], ...keys },
  },
  {
    ...api,
    folder: 'api/inventory',
    description: 'Inventory: locations, stock, its movements and ledger, transfers, supplies, kits.',
    environment: ['INVENTORY_TABLE', 'ACCESS_TABLE'],
    grants: {
      // Rows of a hot SKU are merged again. What a kit is made of must be there, and no kit itself.
      inventory: [query, get, batchGet, put, update, remove, 'dynamodb:ConditionCheckItem'],
      'inventory gsi1': [query],
      'inventory gsi2': [query],
      ...keysAndCursors,
    },
  },
  {
    ...api,
    folder: 'api/feeds',
    description: 'Feeds of stock from other systems: sent in parts, checked as a whole, applied row by row.',
    environment: ['INVENTORY_TABLE', 'ACCESS_TABLE', ...machineArns],
    grants: {
      inventory: [query, get, batchGet, put, update, remove],
      'inventory gsi1': [query],
      'feed machine': ['states:StartExecution'],
      ...keysAndCursors,
    },
  },
  {
    ...api,
    folder: 'api/network',
    description: 'Storefronts, locations and their groups, safety stock, shipping rates.',
    environment: ['INVENTORY_TABLE', 'ACCESS_TABLE'],
    grants: { inventory: [query, get, batchGet, put, update, remove], ...keysAndCursors },
  },
  {
    ...api,
    folder: 'api/cart-holds',
    description: 'Holds of carts: units out of sale while a customer pays.',
    environment: ['INVENTORY_TABLE', 'ACCESS_TABLE'],
    grants: { inventory: [query, get, batchGet, put, update, remove], ...keys },
  },
  {
    ...api,
    folder: 'api/availability',
    description: 'What storefronts can sell, and where from.',
    environment: ['INVENTORY_TABLE', 'ACCESS_TABLE'],
    grants: { inventory: [query, get, batchGet], ...keys },
  },
  {
    ...api,
    folder: 'api/quotes',
    description: 'Every way to get a cart, when and for how much; who waits for supply.',
    environment: ['ORDERS_TABLE', 'INVENTORY_TABLE', 'ACCESS_TABLE', 'ORDER_POLICY'],
    // Who waits for the same stock comes first.
    grants: {
      orders: [batchGet],
      'orders gsi1': [query],
      inventory: [query, get, batchGet],
      'inventory gsi1': [query],
      ...keys,
    },
  },
  {
    ...api,
    folder: 'api/tax',
    description: 'Tax rates, and what a cart is taxed with.',
    environment: ['INVENTORY_TABLE', 'ACCESS_TABLE', 'TAX_PROVIDER'],
    // Who sells, and where from, is a row of the same table.
    grants: { inventory: [get, put], ...keys },
  },
  {
    ...api,
    folder: 'api/routing',
    description: 'Why orders go out from where they do, and what if.',
    environment: ['ORDERS_TABLE', 'INVENTORY_TABLE', 'ACCESS_TABLE', ...machineArns],
    grants: {
      orders: [query, batchGet, ...idempotency],
      inventory: [query],
      'simulation machine': ['states:StartExecution'],
      ...keys,
    },
  },
  {
    ...api,
    folder: 'api/accounts',
    description: 'Gift cards, store credit, terms: what there is, and what happened to it.',
    environment: ['ORDERS_TABLE', 'ACCESS_TABLE'],
    grants: { 'orders accounts': [get, query, put], ...keysAndCursors },
  },
  {
    ...api,
    folder: 'api/operations',
    description: 'Outages of locations, and the operations that clear them.',
    environment: ['ORDERS_TABLE', 'INVENTORY_TABLE', 'ACCESS_TABLE', ...machineArns],
    grants: {
      orders: [get, put],
      inventory: [query, get, put, update],
      'outage machine': ['states:StartExecution'],
      ...keys,
    },
  },
  {
    ...api,
    folder: 'api/webhooks',
    description: 'Webhook endpoints and their deliveries.',
    environment: ['DELIVERY_TABLE', 'ACCESS_TABLE', 'WEBHOOK_ALLOWED_NETWORKS', 'ORDERS_TABLE'],
    grants: { delivery: [query, get, put], orders: idempotency, ...keysAndCursors },
  },
  {
    ...api,
    folder: 'api/ledger',
    description: 'The books: trial balance, entries, export, account codes.',
    environment: ['ORDERS_TABLE', 'ACCESS_TABLE'],
    grants: {
      'orders ledger': [query, get, batchGet, put],
      'orders gsi1': [query],
      ...keysAndCursors,
    },
  },
  {
    ...api,
    folder: 'api/settlements',
    description: 'Settlement files of payment providers: sent, read, their differences resolved.',
    environment: ['ORDERS_TABLE', 'INVENTORY_TABLE', 'ACCESS_TABLE', 'ORDER_POLICY'],
    grants: {
      // Who resolves a difference resolves the exception on its order.
      orders: change,
      'orders ledger': [get, batchGet, update, remove],
      'orders gsi1': [query],
      inventory: [get],
      ...keysAndCursors,
    },
  },
  {
    ...api,
    folder: 'api/meta',
    description: 'Health, the OpenAPI document, its page, and the answer to every unknown path.',
    environment: ['STAGE'],
    grants: {},
  },
];
