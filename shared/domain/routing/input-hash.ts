/**
 * A fingerprint of plain data, for telling inputs apart and finding equal ones: 64 bits, in hexadecimal. The order in which an object was put together
 * does not matter: the hashes of its entries are summed. Not for security: whoever wants a collision finds one.
 */
export function inputHash(value: unknown): string {
  const hex = (seed: number) => (hashOf(value, seed) >>> 0).toString(16).padStart(8, '0');
  return hex(0x41c6ce57) + hex(0x5bd1e995);
}

const bits = new DataView(new ArrayBuffer(8));

function hashOf(value: unknown, seed: number): number {
  if (typeof value === 'number') {
    bits.setFloat64(0, value);
    return mixed(Math.imul(seed ^ bits.getInt32(0), 2654435761) ^ bits.getInt32(4));
  }
  if (typeof value === 'string') return ofText(value, seed);
  if (Array.isArray(value))
    return value.reduce((hash: number, part) => mixed(hash ^ hashOf(part, seed)) + 1, seed ^ 0x5eed);
  if (typeof value !== 'object' || value === null) return ofText(`(${String(value)})`, seed);
  let sum = 0x0b1ec7;
  for (const [key, part] of Object.entries(value)) {
    // An absent optional and one that is undefined are the same in JSON.
    if (part !== undefined) sum = (sum + mixed(Math.imul(ofText(key, seed), 1597334677) ^ hashOf(part, seed))) | 0;
  }
  return mixed(sum ^ seed);
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
