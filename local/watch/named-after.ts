/**
 * Which source a function or machine of the template comes from: `batuta-dev-api-orders` from `api/orders`, `batuta-dev-place-order-express`
 * from `place-order`. Of several that would do, the longest.
 */
export function namedAfter(name: string, sources: readonly string[]): string | undefined {
  const plain = name.replace(/-express$/, '');
  return sources
    .filter((source) => plain.endsWith(`-${source.replaceAll('/', '-')}`))
    .toSorted((one, other) => other.length - one.length)[0];
}
