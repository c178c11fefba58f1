import { validation } from './request.ts';

/** A number as DynamoDB keeps it: `sign * 0.digits * 10^exponent`, digits without zeros at either end (none for zero). */
interface Decimal {
  sign: -1 | 0 | 1;
  digits: string;
  exponent: number;
}

const MOST_DIGITS = 38;
// 9.99E125 and 1E-130, counted for the form 0.digits * 10^exponent.
const HIGHEST_EXPONENT = 126;
const LOWEST_EXPONENT = -129;

// Already in the normal form, and exact as a double.
const SMALL_INTEGER = /^(?:0|-?[1-9]\d{0,14})$/;
const NUMBER = /^([+-]?)(?=\.?\d)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;

function parse(text: string): Decimal | undefined {
  const match = NUMBER.exec(text);
  if (!match) return undefined;
  const [, sign, whole = '', fraction = '', power = '0'] = match;
  const all = whole + fraction;
  const significant = all.replace(/^0+/, '');
  const digits = significant.replace(/0+$/, '');
  if (digits === '') return { sign: 0, digits: '', exponent: 0 };
  return {
    sign: sign === '-' ? -1 : 1,
    digits,
    exponent: whole.length - (all.length - significant.length) + Number(power),
  };
}

function parsed(text: string): Decimal {
  const decimal = parse(text);
  if (!decimal) throw validation(`The parameter cannot be converted to a numeric value: ${text}`);
  return decimal;
}

function plain({ sign, digits, exponent }: Decimal): string {
  if (sign === 0) return '0';
  const minus = sign < 0 ? '-' : '';
  if (exponent <= 0) return `${minus}0.${'0'.repeat(-exponent)}${digits}`;
  if (digits.length <= exponent) return minus + digits + '0'.repeat(exponent - digits.length);
  return `${minus}${digits.slice(0, exponent)}.${digits.slice(exponent)}`;
}

/** The one text DynamoDB keeps for a number (`1e2`, `+100`, `100.0` are all `100`). Throws AWS's words when it is none, or out of range. */
export function normalizeNumber(text: string): string {
  if (SMALL_INTEGER.test(text)) return text;
  if (text === '') throw validation('The parameter cannot be converted to a numeric value');
  const decimal = parsed(text);
  if (decimal.sign !== 0) {
    if (decimal.exponent > HIGHEST_EXPONENT) {
      throw validation('Number overflow. Attempting to store a number with magnitude larger than supported range');
    }
    if (decimal.exponent < LOWEST_EXPONENT) {
      throw validation('Number underflow. Attempting to store a number with magnitude smaller than supported range');
    }
    if (decimal.digits.length > MOST_DIGITS) {
      throw validation('Attempting to store more than 38 significant digits in a Number');
    }
  }
  return plain(decimal);
}

/** Negative, zero or positive as `a` is less than, equal to or greater than `b`. Both in normal form. */
export function compareNumbers(a: string, b: string): number {
  if (a === b) return 0;
  if (SMALL_INTEGER.test(a) && SMALL_INTEGER.test(b)) return Number(a) - Number(b);
  const left = parsed(a);
  const right = parsed(b);
  if (left.sign !== right.sign) return left.sign - right.sign;
  if (left.exponent !== right.exponent) return left.sign * (left.exponent - right.exponent);
  return left.sign * (left.digits < right.digits ? -1 : 1);
}

/** `a + b`, or `a - b`, exactly; throws when the result needs more than 38 digits. */
export function addNumbers(a: string, b: string, subtract = false): string {
  if (SMALL_INTEGER.test(a) && SMALL_INTEGER.test(b)) return String(Number(a) + (subtract ? -Number(b) : Number(b)));
  const left = parsed(a);
  const right = parsed(b);
  const scale = Math.min(left.exponent - left.digits.length, right.exponent - right.digits.length);
  const units = ({ sign, digits, exponent }: Decimal) =>
    BigInt(sign) * BigInt(digits || '0') * 10n ** BigInt(sign === 0 ? 0 : exponent - digits.length - scale);
  const sum = units(left) + (subtract ? -units(right) : units(right));
  return normalizeNumber(`${sum}e${scale}`);
}

/**
 * Bytes that sort as the numbers do: a byte for the sign, one for the exponent, then two digits a byte. Those of negative
 * numbers are complemented, and end high so that -1.2 sorts after -1.23.
 */
export function numberKey(text: string): Uint8Array {
  const { sign, digits, exponent } = parsed(text);
  if (sign === 0) return Uint8Array.of(2);
  const pairs = Math.ceil(digits.length / 2);
  const bytes = new Uint8Array(2 + pairs + (sign < 0 ? 1 : 0));
  bytes[0] = sign < 0 ? 1 : 3;
  bytes[1] = exponent - LOWEST_EXPONENT;
  for (let pair = 0; pair < pairs; pair += 1) {
    bytes[2 + pair] = 1 + Number(digits.slice(2 * pair, 2 * pair + 2).padEnd(2, '0'));
  }
  if (sign < 0) {
    for (let index = 1; index < bytes.length - 1; index += 1) bytes[index] = 255 - bytes[index]!;
    bytes[bytes.length - 1] = 255;
  }
  return bytes;
}

/** Bytes a number counts for in an item's size: two digits a byte, one for the exponent, one for a minus. */
export function numberSize(text: string): number {
  const digits = text.replace(/^-?0*\.?0*/, '').replace('.', '');
  const significant = digits.replace(/0+$/, '').length;
  if (significant === 0) return 1;
  return 1 + Math.ceil(significant / 2) + (text.startsWith('-') ? 1 : 0);
}
