import { createHash } from 'node:crypto';

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** 26 characters of 5 bits: 130 bits of the hash, more than chance will ever repeat. */
const length = 26;

/** The customer's id: the same for the same e-mail address, and without it on the bus, in logs and in keys. */
export function customerIdOf(email: string): string {
  const hash = createHash('sha256').update(email.trim().normalize('NFC').toLowerCase()).digest('hex');
  let rest = BigInt(`0x${hash}`);
  let text = '';
  for (let index = 0; index < length; index++) {
    text += alphabet[Number(rest & 31n)];
    rest >>= 5n;
  }
  return `cus_${text}`;
}
