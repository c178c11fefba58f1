/**
 * Every function: its folder, what it is told and what it may do. This table is the whole of a function's permissions, save three things
 * that its construct adds: its own log group, X-Ray, and reading the stream or queue that feeds it.
 */

/** Environment variables that a function may ask for; the application stack knows their values. */
export type EnvironmentName =
  | 'AVATAX_API_BASE'
  | 'AVATAX_SECRET_ARN'
  | 'TAX_PROVIDER'
  | 'ACCESS_TABLE'
  | 'STOCK_FEED_MACHINE_ARN'
  | 'DELIVERY_TABLE'
  | 'DELIVER_DIGITAL_MACHINE_ARN'
  | 'EVENT_BUS'
  | 'FRAUD_PROVIDER'
  | 'SITE_OUTAGE_MACHINE_ARN'
  | 'INVENTORY_TABLE'
  | 'MINFRAUD_API_BASE'
  | 'MINFRAUD_SECRET_ARN'
  | 'ORDERS_TABLE'
  | 'ORDER_POLICY'
  | 'PAYMENT_PROVIDER'
  | 'PLACE_ORDER_MACHINE_ARN'
  | 'REROUTE_MACHINE_ARN'
  | 'ROUTING_SIMULATION_MACHINE_ARN'
  | 'SANDBOX_TABLE'
  | 'SENDER_ADDRESS'
  | 'SETTLE_ORDER_MACHINE_ARN'
  | 'SHIP_FULFILLMENT_MACHINE_ARN'
  | 'STAGE'
  | 'STRIPE_API_BASE'
  | 'STRIPE_SECRET_ARN'
  | 'TENANT_ID'
  | 'WEBHOOK_ALLOWED_NETWORKS'
  | 'WEBHOOK_QUEUE_URL';

/** What a grant is about; the application stack knows the ARNs. */
export type GrantTarget =
  | 'avatax secret'
  | 'access cursor secret'
  | 'access keys'
  | 'bus'
  | 'delivery'
  | 'delivery gsi1'
  | 'executions'
  | 'feed machine'
  | 'inventory'
  | 'inventory gsi1'
  | 'inventory gsi2'
  | 'minfraud secret'
  | 'operation machines'
  | 'order machines'
  | 'orders'
  | 'orders fraud'
  | 'orders accounts'
  | 'orders gsi1'
  | 'orders gsi2'
  | 'orders gsi3'
  | 'orders ledger'
  | 'orders simulations'
  | 'outage machine'
  | 'sandbox'
  | 'sender'
  | 'simulation machine'
  | 'stripe secret'
  | 'webhook queue';

export interface FunctionSpec {
  /** Under `functions/`; `handler.ts` in it exports `handler`. */
  folder: string;
  description: string;
  /** MB. CPU comes with memory: 512 where a person waits for the cold start, 256 elsewhere. */
  memory: 256 | 512;
  /** Seconds. */
  timeout: number;
  environment: readonly EnvironmentName[];
  grants: Readonly<Partial<Record<GrantTarget, readonly string[]>>>;
}

const machineArns = [
  'PLACE_ORDER_MACHINE_ARN',
  'SHIP_FULFILLMENT_MACHINE_ARN',
  'DELIVER_DIGITAL_MACHINE_ARN',
  'SETTLE_ORDER_MACHINE_ARN',
  'REROUTE_MACHINE_ARN',
  'SITE_OUTAGE_MACHINE_ARN',
  'STOCK_FEED_MACHINE_ARN',
  'ROUTING_SIMULATION_MACHINE_ARN',
] as const;

const [get, query, batchGet] = ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:BatchGetItem'] as const;
const [put, update, remove] = ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'] as const;

/** A command loads an order, then puts what changed and the events in one transaction. */
const change = [query, put] as const;
/** Commands that end a wait also take away the rows it was found by: timers, backorders, what is unsettled. */
const changeAndClear = [...change, remove] as const;
/** An answer kept under its Idempotency-Key. */
const idempotency = [get, put] as const;
/** Every route asks for an API key. */
const keys = { 'access keys': [get] } as const;
/** And for the secret that seals page cursors, made on first use, where it has lists. */
const keysAndCursors = { ...keys, 'access cursor secret': [get, put] } as const;
/** The sandbox payment provider's book: effects by key, calls counted. */
const paymentBook = [get, put, update] as const;
/** The sandbox carrier keeps nothing: it only counts scripted outages down. */
const carrierBook = [get, update] as const;

/** An HTTP API gives up after 30 s; a person does before 10. */
const api = { memory: 512, timeout: 10 } as const;
/** Below the ASL's own timeout of the task, which a provider's slow answer may use up. */
const step = { memory: 256, timeout: 30 } as const;
/** A batch of a stream: 100 records, each with calls that are retried. */
const stream = { memory: 256, timeout: 60 } as const;
/** Ten messages of a queue; a webhook attempt may take 15 s, and they are made side by side. */
const subscriber = { memory: 256, timeout: 60 } as const;
/** Shorter than the shortest schedule, so that two ticks rarely overlap. */
const schedule = { memory: 256, timeout: 50 } as const;

export const functions: readonly FunctionSpec[] = [
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
    description: 'Storefronts, location groups, safety stock, shipping rates.',
    environment: ['INVENTORY_TABLE', 'ACCESS_TABLE'],
    grants: { inventory: [query, get, batchGet, put, update, remove], ...keys },
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
    description: 'Every way to get a cart, when and for how much.',
    environment: ['ORDERS_TABLE', 'INVENTORY_TABLE', 'ACCESS_TABLE', 'ORDER_POLICY'],
    // Who waits for the same stock comes first.
    grants: { orders: [batchGet], 'orders gsi1': [query], inventory: [query, get, batchGet], ...keys },
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
  {
    ...step,
    folder: 'steps/reserve-stock',
    description: 'Chooses the sites that ship an order and reserves its stock there.',
    environment: ['ORDERS_TABLE', 'INVENTORY_TABLE', 'ORDER_POLICY'],
    // Holds of carts whose time is over are ended when their units are needed.
    grants: {
      orders: [...changeAndClear, batchGet, update],
      'orders gsi1': [query],
      inventory: [query, get, batchGet, update, remove],
    },
  },
  {
    ...step,
    folder: 'steps/quote-tax',
    description: 'Finds the taxes of an order whose storefront does not know them.',
    environment: ['ORDERS_TABLE', 'INVENTORY_TABLE', 'ORDER_POLICY', 'TAX_PROVIDER'],
    // Who sells, and the table of rates.
    grants: { orders: change, inventory: [get] },
  },
  {
    ...step,
    folder: 'steps/reroute-order',
    description: 'Finds another site for units that a site gave back, could not find, or that waited for supply.',
    environment: ['ORDERS_TABLE', 'INVENTORY_TABLE', 'ORDER_POLICY'],
    grants: {
      orders: [...changeAndClear, batchGet, update],
      'orders gsi1': [query],
      inventory: [query, get, batchGet, update],
    },
  },
  {
    ...step,
    folder: 'steps/evacuate-location',
    description: 'Re-routes what a location that is out of service has not begun to pick.',
    environment: ['ORDERS_TABLE', 'INVENTORY_TABLE', 'ORDER_POLICY'],
    grants: {
      orders: [...changeAndClear, batchGet, get, update],
      'orders gsi1': [query],
      inventory: [query, get, batchGet, update],
    },
  },
  {
    ...step,
    folder: 'steps/apply-feed',
    // The whole feed is checked in memory.
    memory: 512,
    description: 'Checks a feed of stock as a whole, then applies its rows.',
    environment: ['INVENTORY_TABLE'],
    grants: { inventory: [query, get, batchGet, put, update, 'dynamodb:ConditionCheckItem'] },
  },
  {
    ...step,
    folder: 'steps/simulate-routing',
    // A decision over hundreds of sites takes some tens of milliseconds of a whole processor.
    memory: 512,
    description: 'Replays routing decisions of a period with something changed.',
    environment: ['ORDERS_TABLE'],
    grants: { orders: [query], 'orders gsi3': [query], 'orders simulations': [get, put] },
  },
  {
    ...step,
    folder: 'steps/authorize-payment',
    description: 'Asks the payment provider to authorize what an order costs.',
    environment: [
      'ORDERS_TABLE',
      'INVENTORY_TABLE',
      'SANDBOX_TABLE',
      'ORDER_POLICY',
      'PAYMENT_PROVIDER',
      'FRAUD_PROVIDER',
    ],
    // Units of a hot SKU are given back to the rows that promised them.
    grants: {
      orders: changeAndClear,
      'orders fraud': [get],
      inventory: [update, batchGet],
      sandbox: paymentBook,
      'orders accounts': [get],
    },
  },
  {
    ...step,
    folder: 'steps/screen-fraud',
    description: 'Judges an order by rules, lists and a provider: on, held for a person, or ended.',
    environment: ['ORDERS_TABLE', 'INVENTORY_TABLE', 'ORDER_POLICY', 'FRAUD_PROVIDER'],
    // What a refused order had reserved is given back.
    grants: {
      orders: changeAndClear,
      'orders fraud': [get, batchGet],
      'orders gsi1': [query],
      inventory: [update, batchGet],
    },
  },
  {
    ...step,
    folder: 'steps/confirm-order',
    description: 'Confirms an order and releases it to its sites.',
    environment: ['ORDERS_TABLE', 'INVENTORY_TABLE', 'ORDER_POLICY'],
    grants: { orders: changeAndClear },
  },
  {
    ...step,
    folder: 'steps/capture-payment',
    description: 'Captures the money for the packed units of a fulfillment.',
    environment: ['ORDERS_TABLE', 'INVENTORY_TABLE', 'SANDBOX_TABLE', 'ORDER_POLICY', 'PAYMENT_PROVIDER'],
    // Who sells is on the invoice.
    grants: { orders: [...change, get], inventory: [get], sandbox: paymentBook },
  },
  {
    ...step,
    folder: 'steps/book-shipment',
    description: 'Books the carrier and gets the label of a fulfillment.',
    environment: ['ORDERS_TABLE', 'INVENTORY_TABLE', 'SANDBOX_TABLE', 'ORDER_POLICY'],
    grants: { orders: change, sandbox: carrierBook },
  },
  {
    ...step,
    folder: 'steps/deliver-digital',
    description: 'Takes the money for the digital units of an order and delivers them.',
    environment: ['ORDERS_TABLE', 'INVENTORY_TABLE', 'SANDBOX_TABLE', 'ORDER_POLICY', 'PAYMENT_PROVIDER'],
    // Who sells is on the invoice.
    grants: { orders: [...changeAndClear, get], inventory: [get], sandbox: paymentBook },
  },
  {
    ...step,
    folder: 'steps/settle-payment',
    description: 'Drives the payment provider to what is owed: voids, refunds; closes the order.',
    environment: ['ORDERS_TABLE', 'INVENTORY_TABLE', 'SANDBOX_TABLE', 'ORDER_POLICY', 'PAYMENT_PROVIDER'],
    grants: { orders: changeAndClear, sandbox: paymentBook, 'orders accounts': [get] },
  },
  {
    ...step,
    folder: 'steps/park-order',
    description: 'Opens an exception on an order whose workflow cannot go on.',
    environment: ['ORDERS_TABLE', 'INVENTORY_TABLE', 'ORDER_POLICY'],
    grants: { orders: change },
  },
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

/** `steps/reserve-stock` is `ReserveStock`, `api/orders` is `ApiOrders`: the construct's id and, for a step, its state's name. */
export function constructName(folder: string): string {
  return folder
    .replace(/^(steps|streams|subscribers|schedules)\//, '')
    .split(/[/-]/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}

/** @throws Error if the table has no such function */
export function functionSpec(folder: string): FunctionSpec {
  const spec = functions.find((each) => each.folder === folder);
  if (!spec) throw new Error(`infra/functions.ts has no function ${folder}`);
  return spec;
}
