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
  'order.canceled.subject': 'Your order {number} is canceled',
  'order.canceled.title': 'Your order is canceled',
  'order.canceled.intro':
    '{count, plural, one {The item of your order is} other {The # items of your order are}} canceled and will not be sent.',
  'order.remainder_canceled.subject': 'Part of your order {number} is canceled',
  'order.remainder_canceled.title': 'Part of your order is canceled',
  'order.remainder_canceled.intro':
    '{count, plural, one {# item} other {# items}} of your order {count, plural, one {is} other {are}} canceled and will not be sent. The rest of your order is not affected.',
  'canceled.backorder_deadline': 'We waited for new stock as long as we could, and it has not come. We are sorry.',
  'canceled.money':
    'You do not pay for {count, plural, one {it} other {them}}: what you have paid for {count, plural, one {it} other {them}} already goes back to you.',
  'fulfillment.shipped.subject': 'Your order {number} is on its way',
  'fulfillment.shipped.title': 'Your parcel is on its way',
  'fulfillment.shipped.intro':
    '{count, plural, one {# item} other {# items}} of your order {count, plural, one {has} other {have}} left our warehouse.',
  'fulfillment.shipped.rest':
    '{rest, plural, one {One more item follows} other {# more items follow}} in a separate parcel. We will write to you when {rest, plural, one {it leaves} other {they leave}}.',
};
