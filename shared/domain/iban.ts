/** Why text is no IBAN (ISO 13616), or undefined if it is one. Spaces, as people write them, are no fault. */
export function ibanFault(text: string): string | undefined {
  const iban = compactIban(text);
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(iban)) {
    return 'is not an IBAN: two letters, two digits, then 11 to 30 letters and digits';
  }
  if (remainder(iban) !== 1n) return 'is not an IBAN: its check digits do not fit the rest';
  return undefined;
}

export const compactIban = (text: string): string => text.replaceAll(' ', '').toUpperCase();

/** By ISO 7064, MOD 97-10: the first four characters to the end, letters as 10 to 35. */
function remainder(iban: string): bigint {
  const digits = `${iban.slice(4)}${iban.slice(0, 4)}`.replace(/[A-Z]/g, (letter) =>
    String(Number.parseInt(letter, 36)),
  );
  return BigInt(digits) % 97n;
}
