/** Whether an endpoint with these filters wants this type: exact, a family (`order.*` is all below `order.`), or `*`. */
export function wants(filters: readonly string[], eventType: string): boolean {
  return filters.some(
    (filter) =>
      filter === '*' || filter === eventType || (filter.endsWith('.*') && eventType.startsWith(filter.slice(0, -1))),
  );
}
