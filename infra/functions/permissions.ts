/** What functions are told and may do, by the words that several of them use. */

export const machineArns = [
  'PLACE_ORDER_MACHINE_ARN',
  'SHIP_FULFILLMENT_MACHINE_ARN',
  'DELIVER_DIGITAL_MACHINE_ARN',
  'SETTLE_ORDER_MACHINE_ARN',
  'REROUTE_MACHINE_ARN',
  'SITE_OUTAGE_MACHINE_ARN',
  'STOCK_FEED_MACHINE_ARN',
  'ROUTING_SIMULATION_MACHINE_ARN',
] as const;

export const [get, query, batchGet] = ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:BatchGetItem'] as const;
export const [put, update, remove] = ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'] as const;

/** A command loads an order, then puts what changed and the events in one transaction. */
export const change = [query, put] as const;
/** Commands that end a wait also take away the rows it was found by: timers, backorders, what is unsettled. */
export const changeAndClear = [...change, remove] as const;
/** An answer kept under its Idempotency-Key. */
export const idempotency = [get, put] as const;
/** Every route asks for an API key. */
export const keys = { 'access keys': [get] } as const;
/** And for the secret that seals page cursors, made on first use, where it has lists. */
export const keysAndCursors = { ...keys, 'access cursor secret': [get, put] } as const;
/** The sandbox payment provider's book: effects by key, calls counted. */
export const paymentBook = [get, put, update] as const;
/** The sandbox carrier keeps nothing: it only counts scripted outages down. */
export const carrierBook = [get, update] as const;
