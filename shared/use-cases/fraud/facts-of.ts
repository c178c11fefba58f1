import type { FraudFacts } from '../../domain/fraud/facts.ts';
import type { Address, Order } from '../../domain/order.ts';
import { addressForm, domainOf, emailForm, emailMd5, ipForm, phoneForm, subjectHash } from './subjects.ts';

/** An order as those who judge it see it: whoever is meant is a hash. What has been erased is unknown. */
export function factsOf(order: Order): FraudFacts {
  const { contact, delivery, billing, customer, client } = order;
  const card = order.payments.find((one) => one.card)?.card;
  const email = contact && emailForm(contact.email);
  const { fingerprint, ...checks } = card ?? {};
  const [payment] = order.payments;
  return {
    orderId: order.id,
    channel: order.channel,
    placedAt: order.placedAt,
    amount: order.total,
    currency: order.currency,
    customerId: customer.id,
    subjects: {
      customer: subjectHash('customer', customer.id),
      ...(email && { email: subjectHash('email', email), emailDomain: subjectHash('emailDomain', domainOf(email)) }),
      ...(contact?.phone && { phone: subjectHash('phone', phoneForm(contact.phone)) }),
      ...(delivery.address && { address: subjectHash('address', addressForm(delivery.address)) }),
      ...(client?.ip !== undefined && { ip: subjectHash('ip', ipForm(client.ip)) }),
      ...(fingerprint !== undefined && { card: subjectHash('card', fingerprint) }),
    },
    ...(email && { email: { md5: emailMd5(email), domain: domainOf(email) } }),
    shipping: delivery.address ? placeOf(delivery.address) : { country: delivery.country },
    ...(billing?.address && { billing: placeOf(billing.address) }),
    ...(billing?.address &&
      delivery.address && { addressesMatch: addressForm(billing.address) === addressForm(delivery.address) }),
    ...(client?.country !== undefined && { ip: { country: client.country } }),
    payment: { method: payment?.method ?? 'card', ...(card && { card: checks }) },
    items: order.lines.reduce((sum, { quantity }) => sum + quantity, 0),
  };
}

const placeOf = ({ country, region, postalCode }: Address) => ({
  country,
  ...(region !== undefined && { region }),
  postalCode,
});
