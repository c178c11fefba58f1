import { AwsError } from '../kernel/errors.ts';

/** The parameters of a call, not checked yet. */
export type Input = Readonly<Record<string, unknown>>;

export function validation(message: string): AwsError {
  return new AwsError('ValidationException', message);
}

function serialization(message: string): AwsError {
  return new AwsError('SerializationException', message);
}

function constraint(name: string, value: unknown, rule: string): AwsError {
  const member = name.charAt(0).toLowerCase() + name.slice(1);
  const shown = value === undefined || value === null ? 'null' : `'${shownValue(value)}'`;
  return validation(
    `1 validation error detected: Value ${shown} at '${member}' failed to satisfy constraint: Member must ${rule}`,
  );
}

function shownValue(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function readRecord(value: unknown, name: string): Input {
  if (value === undefined || value === null) throw constraint(name, value, 'not be null');
  if (!isRecord(value)) throw serialization(`Unexpected value type in payload: ${name} must be a structure`);
  return value;
}

export function optionalRecord(input: Input, name: string): Input | undefined {
  const value = input[name];
  return value === undefined || value === null ? undefined : readRecord(value, name);
}

export function optionalString(input: Input, name: string): string | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw serialization(`${name} cannot be converted to String`);
  return value;
}

export function requiredString(input: Input, name: string): string {
  const value = optionalString(input, name);
  if (value === undefined) throw constraint(name, value, 'not be null');
  return value;
}

export function flag(input: Input, name: string): boolean {
  const value = input[name];
  if (value === undefined || value === null) return false;
  if (typeof value !== 'boolean') throw serialization(`${name} cannot be converted to Boolean`);
  return value;
}

export function optionalInteger(input: Input, name: string, least: number, most?: number): number | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number') throw serialization(`${name} cannot be converted to Integer`);
  if (value < least) throw constraint(name, value, `have value greater than or equal to ${least}`);
  if (most !== undefined && value > most) throw constraint(name, value, `have value less than or equal to ${most}`);
  return Math.floor(value);
}

export function oneOf<T extends string>(input: Input, name: string, choices: readonly T[], fallback: T): T {
  const value = optionalString(input, name);
  if (value === undefined) return fallback;
  const choice = choices.find((candidate) => candidate === value);
  if (choice === undefined) throw constraint(name, value, `satisfy enum value set: [${choices.join(', ')}]`);
  return choice;
}

/** A list of `least` to `most` members. */
export function readList(input: Input, name: string, least = 0, most = Number.MAX_SAFE_INTEGER): unknown[] {
  const value = input[name];
  if (value === undefined || value === null) throw constraint(name, value, 'not be null');
  if (!Array.isArray(value)) throw serialization(`Unexpected field type: ${name} must be a list`);
  if (value.length < least) throw constraint(name, value, `have length greater than or equal to ${least}`);
  if (value.length > most) throw constraint(name, value, `have length less than or equal to ${most}`);
  return value;
}

export function readStrings(value: unknown, name: string): Record<string, string> {
  const strings: Record<string, string> = {};
  for (const [key, text] of Object.entries(readRecord(value, name))) {
    if (typeof text !== 'string') throw serialization(`${name} cannot be converted to String`);
    strings[key] = text;
  }
  return strings;
}

const NAME = /^[a-zA-Z0-9_.-]+$/;

/** TableName: a table's name, or its ARN. */
export function tableName(input: Input): string {
  const name = requiredString(input, 'TableName');
  // An ARN is looked up as it is.
  if (!name.startsWith('arn:aws:dynamodb:')) checkName('TableName', name);
  return name;
}

/** Refuses what can not name a table or an index. */
export function checkName(parameter: 'TableName' | 'IndexName', name: string): void {
  if (name.length < 3 || name.length > 255) {
    throw validation(`${parameter} must be at least 3 characters long and at most 255 characters long`);
  }
  if (!NAME.test(name)) {
    throw constraint(parameter, name, 'satisfy regular expression pattern: [a-zA-Z0-9_.-]+');
  }
}

// What came before expressions, in 2014. Nothing of ours uses it; dropping a condition silently would be worse than refusing.
const LEGACY = ['AttributeUpdates', 'ConditionalOperator', 'Expected', 'QueryFilter', 'ScanFilter'];

export function refuseLegacy(input: Input): void {
  for (const name of LEGACY) {
    if (input[name] !== undefined && input[name] !== null) {
      throw validation(`The legacy parameter ${name} is not supported by the one-machine cloud: use expressions`);
    }
  }
}

/** Refuses what an operation does not honor: dropping a parameter silently would be worse. */
export function refuseUnknown(input: Input, honored: ReadonlySet<string>): void {
  for (const name in input) {
    if (input[name] !== undefined && input[name] !== null && !honored.has(name)) {
      throw validation(`The one-machine cloud does not provide ${name}`);
    }
  }
}
