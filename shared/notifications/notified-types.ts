/** The events that customers are written to about. */
export const notifiedTypes = [
  'order.confirmed',
  'order.canceled',
  'order.remainder_canceled',
  'fulfillment.shipped',
] as const;
export type NotifiedType = (typeof notifiedTypes)[number];
export const isNotified = (type: string): type is NotifiedType => notifiedTypes.some((one) => one === type);
