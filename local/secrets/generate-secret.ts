import { randomInt } from 'node:crypto';
import * as z from 'zod';
import { AwsError } from '../kernel/errors.ts';

const flag = z.union([z.boolean(), z.stringbool()]).default(false);

export const generateShape = z.strictObject({
  SecretStringTemplate: z.string().optional(),
  GenerateStringKey: z.string().optional(),
  PasswordLength: z.coerce.number().int().min(1).max(4096).default(32),
  ExcludeCharacters: z.string().default(''),
  ExcludeLowercase: flag,
  ExcludeUppercase: flag,
  ExcludeNumbers: flag,
  ExcludePunctuation: flag,
  IncludeSpace: flag,
  RequireEachIncludedType: z.union([z.boolean(), z.stringbool()]).default(true),
});

const LOWERCASE = 'abcdefghijklmnopqrstuvwxyz';
const DIGITS = '0123456789';
const PUNCTUATION = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';

/**
 * A secret as `GenerateSecretString` describes it: the password, or the template's object with the password under its key.
 * @throws AwsError InvalidParameterException
 */
export function generateSecret(asked: z.infer<typeof generateShape>): string {
  const password = generatePassword(asked);
  const { SecretStringTemplate, GenerateStringKey } = asked;
  if (SecretStringTemplate === undefined && GenerateStringKey === undefined) return password;
  if (SecretStringTemplate === undefined || GenerateStringKey === undefined) {
    throw invalid('SecretStringTemplate and GenerateStringKey go together.');
  }
  const template = z.record(z.string(), z.json()).parse(JSON.parse(SecretStringTemplate));
  return JSON.stringify({ ...template, [GenerateStringKey]: password });
}

function generatePassword(asked: z.infer<typeof generateShape>): string {
  const types = [
    asked.ExcludeLowercase ? '' : LOWERCASE,
    asked.ExcludeUppercase ? '' : LOWERCASE.toUpperCase(),
    asked.ExcludeNumbers ? '' : DIGITS,
    asked.ExcludePunctuation ? '' : PUNCTUATION,
    asked.IncludeSpace ? ' ' : '',
  ]
    .map((characters) => [...characters].filter((each) => !asked.ExcludeCharacters.includes(each)))
    .filter((characters) => characters.length > 0);
  const all = types.flat();
  const required = asked.RequireEachIncludedType ? types.map(pick) : [];
  if (all.length === 0 || required.length > asked.PasswordLength)
    throw invalid('No password can be made by these rules.');
  const rest = Array.from({ length: asked.PasswordLength - required.length }, () => pick(all));
  return shuffle([...required, ...rest]).join('');
}

function pick(characters: string[]): string {
  return characters[randomInt(characters.length)]!;
}

/** Fisher and Yates's. */
function shuffle(characters: string[]): string[] {
  for (let last = characters.length - 1; last > 0; last--) {
    const other = randomInt(last + 1);
    [characters[last], characters[other]] = [characters[other]!, characters[last]!];
  }
  return characters;
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterException', message);
}
