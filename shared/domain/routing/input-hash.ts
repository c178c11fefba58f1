/**
 * A fingerprint of plain data, for telling inputs apart and finding equal ones: 64 bits, in hexadecimal. The order in which an object was put together
 * does not matter: the hashes of its entries are summed. Not for security: whoever wants a collision finds one.
 */
export function inputHash(value: unknown): string {
  return new Fingerprint(0x41c6ce57).of(value) + new Fingerprint(0x5bd1e995).of(value);
}

const bits = new DataView(new ArrayBuffer(8));

class Fingerprint {
  readonly #seed: number;
  /** Hashes of the names of fields: few, and met thousands of times. */
  readonly #names = new Map<string, number>();

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** In hexadecimal. */
  of(value: unknown): string {
    return (this.#hash(value) >>> 0).toString(16).padStart(8, '0');
  }

  #hash(value: unknown): number {
    const seed = this.#seed;
    if (typeof value === 'number') {
      bits.setFloat64(0, value);
      return mixed(Math.imul(seed ^ bits.getInt32(0), 2654435761) ^ bits.getInt32(4));
    }
    if (typeof value === 'string') return ofText(value, seed);
    if (Array.isArray(value)) return this.#ofList(value);
    if (typeof value !== 'object' || value === null) return ofText(`(${String(value)})`, seed);
    return this.#ofFields(value);
  }

  #ofList(list: readonly unknown[]): number {
    let hash = this.#seed ^ 0x5eed;
    for (let i = 0; i < list.length; i++) hash = mixed(hash ^ this.#hash(list[i])) + 1;
    return hash;
  }

  #ofFields(fields: object): number {
    let sum = 0x0b1ec7;
    const values: Record<string, unknown> = { ...fields };
    for (const name in values) {
      const value = values[name];
      // An absent optional and one that is undefined are the same in JSON.
      if (value !== undefined) sum = (sum + mixed(this.#nameHash(name) ^ this.#hash(value))) | 0;
    }
    return mixed(sum ^ this.#seed);
  }

  #nameHash(name: string): number {
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    const hash = Math.imul(ofText(name, this.#seed), 1597334677);
    this.#names.set(name, hash);
    return hash;
  }
}

function ofText(text: string, seed: number): number {
  let hash = seed ^ text.length;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 2654435761);
  return mixed(hash);
}

/** The finalizer of MurmurHash3 (public domain): every bit of the input reaches every bit of the output. */
function mixed(hash: number): number {
  let h = Math.imul(hash ^ (hash >>> 16), 2246822507);
  h = Math.imul(h ^ (h >>> 13), 3266489909);
  return h ^ (h >>> 16);
}
