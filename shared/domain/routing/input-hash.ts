/**
 * A fingerprint of plain data, for telling inputs apart and finding equal ones: 64 bits, in hexadecimal. The order in which an object was put together
 * does not matter: the hashes of its entries are summed. Not for security: whoever wants a collision finds one.
 */
export function inputHash(value: unknown): string {
  return new Fingerprint(0x41c6ce57, 0x5bd1e995).of(value);
}

const bits = new DataView(new ArrayBuffer(8));

/** Two hashes of 32 bits in one walk, told apart by their seeds. */
class Fingerprint {
  readonly #seeds: readonly [number, number];
  /** Hashes of the names of fields: few, and met thousands of times. */
  readonly #names = new Map<string, readonly [number, number]>();
  /** Of what was hashed last. */
  #a = 0;
  #b = 0;

  constructor(a: number, b: number) {
    this.#seeds = [a, b];
  }

  /** In hexadecimal. */
  of(value: unknown): string {
    this.#hash(value);
    return hex(this.#a) + hex(this.#b);
  }

  #hash(value: unknown): void {
    if (typeof value === 'number') this.#hashNumber(value);
    else if (typeof value === 'string') this.#hashText(value);
    else if (Array.isArray(value)) this.#hashList(value);
    else if (typeof value !== 'object' || value === null) this.#hashText(`(${String(value)})`);
    else this.#hashFields(value);
  }

  #hashNumber(value: number): void {
    bits.setFloat64(0, value);
    const [high, low] = [bits.getInt32(0), bits.getInt32(4)];
    this.#a = mixed(Math.imul(this.#seeds[0] ^ high, 2654435761) ^ low);
    this.#b = mixed(Math.imul(this.#seeds[1] ^ high, 2654435761) ^ low);
  }

  #hashText(text: string): void {
    let a = this.#seeds[0] ^ text.length;
    let b = this.#seeds[1] ^ text.length;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      a = Math.imul(a ^ code, 2654435761);
      b = Math.imul(b ^ code, 2654435761);
    }
    this.#a = mixed(a);
    this.#b = mixed(b);
  }

  #hashList(list: readonly unknown[]): void {
    let a = this.#seeds[0] ^ 0x5eed;
    let b = this.#seeds[1] ^ 0x5eed;
    for (let i = 0; i < list.length; i++) {
      this.#hash(list[i]);
      a = mixed(a ^ this.#a) + 1;
      b = mixed(b ^ this.#b) + 1;
    }
    this.#a = a;
    this.#b = b;
  }

  #hashFields(fields: object): void {
    let a = 0x0b1ec7;
    let b = 0x0b1ec7;
    for (const name in fields) {
      const value = (fields as Readonly<Record<string, unknown>>)[name];
      // An absent optional and one that is undefined are the same in JSON.
      if (value === undefined) continue;
      const [nameA, nameB] = this.#nameHash(name);
      this.#hash(value);
      a = (a + mixed(nameA ^ this.#a)) | 0;
      b = (b + mixed(nameB ^ this.#b)) | 0;
    }
    this.#a = mixed(a ^ this.#seeds[0]);
    this.#b = mixed(b ^ this.#seeds[1]);
  }

  #nameHash(name: string): readonly [number, number] {
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    this.#hashText(name);
    const hashes = [Math.imul(this.#a, 1597334677), Math.imul(this.#b, 1597334677)] as const;
    this.#names.set(name, hashes);
    return hashes;
  }
}

const hex = (hash: number): string => (hash >>> 0).toString(16).padStart(8, '0');

/** The finalizer of MurmurHash3 (public domain): every bit of the input reaches every bit of the output. */
function mixed(hash: number): number {
  let h = Math.imul(hash ^ (hash >>> 16), 2246822507);
  h = Math.imul(h ^ (h >>> 13), 3266489909);
  return h ^ (h >>> 16);
}
