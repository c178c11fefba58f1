import {
  batchGet,
  carrierBook,
  change,
  changeAndClear,
  get,
  paymentBook,
  put,
  query,
  remove,
  update,
} from './permissions.ts';
import type { FunctionSpec } from './spec.ts';

/** Below the ASL's own timeout of the task, which a provider's slow answer may use up. */
const step = { memory: 256, timeout: 30 } as const;

/** The tasks of the workflows: a function for each state, of its name. */
export const stepFunctions: readonly FunctionSpec[] = [
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
];
