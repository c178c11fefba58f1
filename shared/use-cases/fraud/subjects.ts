import { createHash } from 'node:crypto';
import type { ListKind } from '../../domain/fraud/facts.ts';

/**
 * What lists and counts go by: SHA-256 of the kind and the value in one form, cut to 128 bits, hex. Nobody reads a customer off it; whoever
 * has the value finds it again.
 */
export const subjectHash = (kind: ListKind, value: string): string =>
  createHash('sha256').update(`fraud ${kind} ${value}`).digest('hex').slice(0, 32);

export const emailForm = (email: string): string => email.trim().normalize('NFC').toLowerCase();

/** One form of an address, whichever way it is written: `2001:DB8::0:1` and `2001:db8::1` are one. */
export const ipForm = (ip: string): string => (ip.includes(':') ? new URL(`http://[${ip}]`).hostname.slice(1, -1) : ip);

export const domainOf = (email: string): string => emailForm(email).split('@').at(-1) ?? '';

/** Digits alone; `00` and `+` both begin a number with its country. */
export const phoneForm = (phone: string): string => phone.replaceAll(/\D/g, '').replace(/^00/, '');

/** Letters and digits alone, without accents: `Calle Mayor, 1` and `calle mayor 1` are one house. */
const plain = (text: string): string =>
  text
    .normalize('NFD')
    .toLowerCase()
    .replaceAll(/[^\p{Letter}\p{Number}]/gu, '');

export interface House {
  line1: string;
  line2?: string | undefined;
  postalCode: string;
  country: string;
}

export const addressForm = ({ line1, line2 = '', postalCode, country }: House): string =>
  [country, plain(postalCode), plain(line1 + line2)].join(' ');

/** MD5 of an e-mail address, as MaxMind takes it (dev.maxmind.com/minfraud/normalizing-email-addresses-for-minfraud): without what follows `+`. */
export function emailMd5(email: string): string {
  const [local = '', domain = ''] = emailForm(email).split('@');
  const [before = ''] = local.split('+');
  const mailbox = before === '' ? local : before;
  const name = domain === 'gmail.com' ? mailbox.replaceAll('.', '') : mailbox;
  return createHash('md5').update(`${name}@${domain}`).digest('hex');
}
