import type { Messages } from '../messages.ts';

export const en: Messages = {
  greeting: 'Hello {name},',
  items: 'Items',
  quantity: 'Qty',
  amount: 'Amount',
  total: 'Total',
  orderNumber: 'Order',
  placedOn: 'Placed on',
  shipTo: 'Ship to',
  carrier: 'Carrier',
  trackingNumber: 'Tracking number',
  track: 'Track your parcel',
  footer: 'You receive this message because you ordered from {shop}. It is about your order {number} only.',
  'order.confirmed.subject': 'Your order {number} is confirmed',
  'order.confirmed.title': 'Thank you for your order',
  'order.confirmed.intro':
    'We have your order and are getting {count, plural, one {your item} other {your # items}} ready. You will hear from us again as soon as {count, plural, one {it ships} other {they ship}}.',
  'fulfillment.shipped.subject': 'Your order {number} is on its way',
  'fulfillment.shipped.title': 'Your parcel is on its way',
  'fulfillment.shipped.intro':
    '{count, plural, one {# item} other {# items}} of your order {count, plural, one {has} other {have}} left our warehouse.',
  'fulfillment.shipped.rest':
    '{rest, plural, one {One more item follows} other {# more items follow}} in a separate parcel. We will write to you when {rest, plural, one {it leaves} other {they leave}}.',
};
