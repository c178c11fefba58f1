import * as z from 'zod';
import { Country } from '../country.ts';
import { DeliveryMethod, ShippingService } from '../location.ts';
import { Amount, Currency } from '../money.ts';
import { TimeOfDay, weekdays } from './calendar.ts';

/** What customers pay. Absent fields stand for any. */
export const DeliveryPrice = z.strictObject({
  currency: Currency,
  amount: Amount,
  countries: z.array(Country).min(1).max(250).optional(),
  postalPrefixes: z.array(z.string().min(1).max(12)).min(1).max(200).optional(),
  /** Of the goods: from this value on. */
  fromValue: Amount.optional(),
});
export type DeliveryPrice = z.infer<typeof DeliveryPrice>;

/** A way to get the goods that a storefront offers its customers. */
export const DeliveryOption = z
  .strictObject({
    id: z
      .string()
      .regex(/^[a-z0-9][a-z0-9_-]{0,31}$/, 'lower-case letters, digits, "_" or "-", 1 to 32, starting with a letter'),
    name: z.string().min(1).max(100),
    method: DeliveryMethod,
    /** How fast parcels go; not for goods that the customer comes for. */
    service: ShippingService.optional(),
    /** Latest time of day to order, on the clock of the destination or of the store. Absent: as the sites' own cut-offs allow. */
    cutOff: TimeOfDay.optional(),
    /** Not offered when it would come later than this many delivery days from today. Absent: 0 for `same_day`, 1 for `next_day`, else no limit. */
    withinDays: z.int().min(0).max(60).optional(),
    /** When it is delivered. Absent: on Saturday and Sunday for `weekend`, else every day. */
    deliveryDays: z.array(z.enum(weekdays)).min(1).max(7).optional(),
    /** Delivery days that it may take longer than routing reckons: the end of what is promised. */
    extraDays: z.int().min(0).max(30).default(0),
    /** The first that fits. */
    prices: z.array(DeliveryPrice).min(1).max(200),
  })
  .check(({ value, issues }) => {
    const { method, service } = value;
    const refuse = (path: string, code: string, message: string) =>
      issues.push({ code: 'custom', input: value, path: [path], params: { code }, message });
    if (method === 'ship' && !service) refuse('service', 'required', 'Parcels have a service.');
    if (method !== 'ship' && service) refuse('service', 'not_for_method', `There is no service to ${method}.`);
    if (service === 'one_hour' || method !== 'ship') {
      for (const field of ['withinDays', 'deliveryDays'] as const) {
        if (value[field] !== undefined) refuse(field, 'not_for_method', 'Only for what is promised by the day.');
      }
      if (value.extraDays > 0) refuse('extraDays', 'not_for_method', 'Only for what is promised by the day.');
    }
  });
export type DeliveryOption = z.infer<typeof DeliveryOption>;

/** Of a storefront that has set up none: standard parcels and the counters of its stores, for nothing. */
export const usualOptions = (currency: Currency): DeliveryOption[] => {
  const free = { extraDays: 0, prices: [{ currency, amount: 0 }] };
  return [
    { id: 'standard', name: 'Standard', method: 'ship', service: 'standard', ...free },
    { id: 'pickup', name: 'Pickup', method: 'pickup', ...free },
    { id: 'curbside', name: 'Curbside', method: 'curbside', ...free },
  ];
};

/** What is charged, minor units; undefined: there is no price for this. */
export function priceOf(
  { prices }: Pick<DeliveryOption, 'prices'>,
  cart: { currency: Currency; value: number; country: string; postalCode: string },
): number | undefined {
  return prices.find(
    ({ currency, countries, postalPrefixes, fromValue = 0 }) =>
      currency === cart.currency &&
      (countries?.includes(cart.country) ?? true) &&
      (postalPrefixes?.some((prefix) => cart.postalCode.startsWith(prefix)) ?? true) &&
      cart.value >= fromValue,
  )?.amount;
}
