import * as z from 'zod';

export const GiftCardId = z
  .string()
  .regex(/^gft_[0-9A-HJKMNP-TV-Z]{26}$/)
  .brand<'GiftCardId'>();
export type GiftCardId = z.infer<typeof GiftCardId>;

/** Without letters that look like digits (Crockford's base 32). */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** 16 characters of 5 bits: 80 bits, that nobody finds by trying. */
const length = 16;

/** `K3QF-…`: four groups of four. @param bytes 16 or more, by chance or from a key */
export const codeFrom = (bytes: Uint8Array): string =>
  Array.from(bytes.subarray(0, length), (byte) => alphabet[byte & 31])
    .join('')
    .replaceAll(/(.{4})(?=.)/g, '$1-');

/** As people type it: case, blanks and dashes say nothing, and O is 0, I and L are 1. */
export const plainCode = (code: string): string =>
  code.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1');
