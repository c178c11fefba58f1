import type { Trim } from './trimmed-clients.ts';

/** What payments use of Stripe's API. */
const used = /\/resources\/(PaymentIntents|Refunds|Disputes)\.js$/;

/**
 * Each client of Stripe makes one of each class of its API: two hundred, 173 KB, of which payments use three. The others stay as empty classes: their
 * methods are not there ("is not a function"). So does what handles events of API v2, which we do not take.
 */
export const trims: readonly Trim[] = [
  { module: /\/stripe\/esm\/resources\/.*\.js$/, trim: emptyClasses },
  { module: /\/stripe\/esm\/StripeEventNotificationHandler\.js$/, trim: emptyClasses },
];

function emptyClasses(source: string, path: string): string {
  if (used.test(path.replaceAll('\\', '/'))) return source;
  const names = Array.from(source.matchAll(/^export class (\w+)/gm), ([, name]) => name);
  return names.length === 0 ? 'export {};' : names.map((name) => `export class ${name} {}`).join('\n');
}
