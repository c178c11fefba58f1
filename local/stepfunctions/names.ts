import { AwsError } from '../kernel/errors.ts';

/** What AWS refuses in the names of machines and executions: white space, brackets, wildcards, specials, control characters. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what the rule is about
const FORBIDDEN = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f]/;

/** @throws AwsError InvalidName */
export function checkName(name: string): void {
  if (name.length < 1 || name.length > 80 || FORBIDDEN.test(name)) {
    throw new AwsError('InvalidName', `Invalid Name: '${name}'`);
  }
}

export function machineArn(region: string, account: string, name: string): string {
  return `arn:aws:states:${region}:${account}:stateMachine:${name}`;
}

export function invalidArn(text: string): AwsError {
  return new AwsError('InvalidArn', `Invalid Arn: '${text}'`);
}

/**
 * The ARN of an execution: with `express:` and a unique tail for EXPRESS, whose names may repeat.
 * @param unique a UUID
 */
export function executionArn(machine: string, type: 'STANDARD' | 'EXPRESS', name: string, unique: string): string {
  const prefix = machine.replace(':stateMachine:', type === 'EXPRESS' ? ':express:' : ':execution:');
  return type === 'EXPRESS' ? `${prefix}:${name}:${unique}` : `${prefix}:${name}`;
}

/** @throws AwsError InvalidArn */
export function checkMachineArn(arn: string): void {
  if (!/^arn:aws:states:[^:]+:\d{12}:stateMachine:[^:]+$/.test(arn)) {
    throw invalidArn(`Resource type not valid in this context: ${arn.split(':')[5] ?? arn}`);
  }
}
