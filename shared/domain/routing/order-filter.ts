import type { OrderFilter, RoutingInput } from './input.ts';

/** Is a rule for this order? A part of the filter that is absent lets every order through. */
export function matchesOrder(
  filter: OrderFilter,
  { order, delivery }: Pick<RoutingInput, 'order' | 'delivery'>,
): boolean {
  const among = (allowed: readonly string[] | undefined, value: string | undefined) =>
    allowed === undefined || (value !== undefined && allowed.includes(value));
  return (
    among(filter.channels, order.channel) &&
    among(filter.storefronts, order.storefront) &&
    among(filter.regions, order.region) &&
    among(filter.types, order.type) &&
    among(filter.methods, delivery.method) &&
    among(filter.countries, delivery.country) &&
    (filter.tags ?? []).every((tag) => order.tags.includes(tag)) &&
    order.priority >= (filter.minPriority ?? order.priority) &&
    order.value >= (filter.minValue ?? 0) &&
    order.value <= (filter.maxValue ?? order.value)
  );
}
