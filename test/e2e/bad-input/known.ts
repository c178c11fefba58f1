/** A call that a service takes, from which the fuzz takes away, adds and changes. */
export interface AwsCall {
  service: string;
  operation: string;
  method: string;
  /** Of AWS JSON only. */
  target?: string;
  version?: '1.0' | '1.1';
  path: string;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: unknown;
}

/** What exists, so that not every call ends at "not found". Everything that a call may spoil is the fuzz's own. */
export interface Known {
  stream: string;
  endpoint: string;
  functionName: string;
  archive: string;
  bus: string;
  bucket: string;
  api: string;
}

export const table = 'fuzz-table';
export const queue = 'fuzz-queue';
export const account = '000000000000';
export const machineName = 'fuzz-machine';
export const machine = `arn:aws:states:us-east-1:${account}:stateMachine:${machineName}`;
export const execution = `arn:aws:states:us-east-1:${account}:execution:${machineName}:known`;
export const role = `arn:aws:iam::${account}:role/fuzz`;
