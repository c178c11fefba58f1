import { createHash, randomUUID } from 'node:crypto';
import type jsonata from 'jsonata';

/** What an expression needs from the outside besides its variables. */
export interface Surroundings {
  /** Epoch milliseconds: `$now()` and `$millis()`, constant within one evaluation. */
  now: number;
  random: () => number;
}

/** The surroundings travel as a variable that no expression can name, because jsonata caches the compiled expression and we share it. */
export const SURROUNDINGS = ' surroundings';

const HASHES = new Map([
  ['MD5', 'md5'],
  ['SHA-1', 'sha1'],
  ['SHA-256', 'sha256'],
  ['SHA-384', 'sha384'],
  ['SHA-512', 'sha512'],
]);

/** The functions that AWS adds to JSONata 2.0.6. Source: Developer Guide, "Transforming data with JSONata". */
export const STATES_FUNCTIONS = ['partition', 'range', 'hash', 'random', 'uuid', 'parse'] as const;

/** Adds AWS's functions to a compiled expression, moves its clock to ours and takes `$eval` away, as AWS does. */
export function registerStatesFunctions(compiled: jsonata.Expression): void {
  compiled.registerFunction('partition', partition, '<an:a<a>>');
  compiled.registerFunction('range', range, '<nnn:x>');
  compiled.registerFunction('hash', hash, '<s-s:s>');
  compiled.registerFunction('parse', (text: string) => (text === undefined ? undefined : JSON.parse(text)), '<s-:x>');
  compiled.registerFunction('uuid', () => randomUUID(), '<:s>');
  compiled.registerFunction('random', random, '<n?:n>');
  compiled.registerFunction('millis', millis, '<:n>');
  compiled.registerFunction('now', now, '<s?s?:s>');
  compiled.assign('eval', undefined);
}

function surroundings(focus: jsonata.Focus): Surroundings {
  return focus.environment.lookup(SURROUNDINGS);
}

function partition(list: unknown[] | undefined, size: number | undefined): unknown[][] | undefined {
  if (list === undefined || size === undefined) return undefined;
  if (!Number.isInteger(size) || size < 1) throw new Error('$partition: the chunk size must be a positive integer');
  const chunks: unknown[][] = [];
  for (let from = 0; from < list.length; from += size) chunks.push(list.slice(from, from + size));
  return chunks;
}

/** Both ends are included; a range of one comes back unwrapped, as AWS answers it. */
function range(first: number | undefined, last: number | undefined, step: number | undefined): unknown {
  if (first === undefined || last === undefined || step === undefined) return undefined;
  if (step === 0) throw new Error('$range: the step must not be zero');
  const numbers: number[] = [];
  const count = Math.floor((last - first) / step);
  if (count >= 1_000_000) throw new Error('$range: more than a million elements');
  for (let index = 0; index <= count; index += 1) numbers.push(first + index * step);
  return numbers.length === 1 ? numbers[0] : numbers;
}

function hash(text: string | undefined, algorithm: string | undefined): string | undefined {
  if (text === undefined || algorithm === undefined) return undefined;
  const name = HASHES.get(algorithm);
  if (!name) throw new Error(`$hash: unknown algorithm ${algorithm}, one of ${[...HASHES.keys()].join(', ')}`);
  return createHash(name).update(text, 'utf8').digest('hex');
}

/** AWS does not document its seeded sequence; ours (mulberry32) has the same property: one seed, one number. */
function random(this: jsonata.Focus, seed?: number): number {
  if (seed === undefined) return surroundings(this).random();
  let mixed = (Math.trunc(seed) + 0x6d2b79f5) | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
}

function millis(this: jsonata.Focus): number {
  return surroundings(this).now;
}

function now(this: jsonata.Focus, picture?: string, timezone?: string): string {
  const fromMillis = this.environment.lookup('fromMillis');
  return fromMillis.implementation.call(this, surroundings(this).now, picture, timezone);
}
