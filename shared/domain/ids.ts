import * as z from 'zod';

/**
 * Ids are ULIDs with a type prefix (`ord_01J…`): sortable by time, told apart at a glance, safe in URLs and in execution names.
 * A fulfillment order's id holds its order's: `ful_<ulid of the order>_<n>`, so that no lookup stands between the two.
 */
const ulid = '[0-9A-HJKMNP-TV-Z]{26}';

export const OrderId = z
  .string()
  .regex(new RegExp(`^ord_${ulid}$`))
  .brand<'OrderId'>();
export type OrderId = z.infer<typeof OrderId>;

export const FulfillmentId = z
  .string()
  .regex(new RegExp(`^ful_${ulid}_[1-9][0-9]{0,3}$`))
  .brand<'FulfillmentId'>();
export type FulfillmentId = z.infer<typeof FulfillmentId>;

export const LineId = z
  .string()
  .regex(/^line_[1-9][0-9]{0,3}$/)
  .brand<'LineId'>();
export type LineId = z.infer<typeof LineId>;

export const PaymentId = z
  .string()
  .regex(/^pay_[1-9][0-9]{0,2}$/)
  .brand<'PaymentId'>();
export type PaymentId = z.infer<typeof PaymentId>;

/** A stock keeping unit, as the merchant writes it. */
export const Sku = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
    'letters, digits, ".", "_" or "-", 1 to 64, starting with a letter or digit',
  )
  .brand<'Sku'>();
export type Sku = z.infer<typeof Sku>;

export const LocationId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'lower-case letters, digits or "-", 1 to 32, starting with a letter or digit')
  .brand<'LocationId'>();
export type LocationId = z.infer<typeof LocationId>;

export const fulfillmentId = (order: OrderId, n: number): FulfillmentId =>
  FulfillmentId.parse(`ful_${order.slice('ord_'.length)}_${n}`);

export const orderIdOf = (fulfillment: FulfillmentId): OrderId => OrderId.parse(`ord_${fulfillment.split('_')[1]}`);

export const lineId = (n: number): LineId => LineId.parse(`line_${n}`);

export const paymentId = (n: number): PaymentId => PaymentId.parse(`pay_${n}`);
