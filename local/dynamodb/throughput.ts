import { type Input, oneOf, optionalInteger, optionalRecord, readRecord, validation } from './request.ts';
import type { Throughput } from './schema.ts';

const BILLING_MODES = ['PROVISIONED', 'PAY_PER_REQUEST'] as const;
export type BillingMode = (typeof BILLING_MODES)[number];

const MOST_UNITS = 1_000_000_000_000;

const invalid = (message: string) => validation(`One or more parameter values were invalid: ${message}`);

/**
 * The throughput a table is to be provided with, or undefined for one that is paid by the request. It is kept and described, and
 * limits nothing: this machine throttles only when it is told to (see Faults on demand).
 */
export function readBilling(input: Input, unsaid: BillingMode, before?: Throughput): Throughput | undefined {
  const mode = oneOf(input, 'BillingMode', BILLING_MODES, unsaid);
  if (mode === 'PAY_PER_REQUEST') {
    if (isGiven(input, 'ProvisionedThroughput')) {
      throw invalid(
        'Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST',
      );
    }
    return undefined;
  }
  const throughput = readThroughput(input) ?? before;
  if (!throughput) {
    throw invalid('ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED');
  }
  return throughput;
}

/** ProvisionedThroughput of a table or an index. */
export function readThroughput(input: Input): Throughput | undefined {
  if (!isGiven(input, 'ProvisionedThroughput')) return undefined;
  const throughput = readRecord(input.ProvisionedThroughput, 'ProvisionedThroughput');
  const [read, write] = ['ReadCapacityUnits', 'WriteCapacityUnits'].map((name) => readUnits(throughput, name));
  return { read: read!, write: write! };
}

function readUnits(throughput: Input, name: string): number {
  const units = optionalInteger(throughput, name, 1);
  if (units === undefined) {
    throw validation(
      `1 validation error detected: Value null at 'provisionedThroughput.${name.charAt(0).toLowerCase()}${name.slice(1)}' ` +
        'failed to satisfy constraint: Member must not be null',
    );
  }
  if (units > MOST_UNITS) throw validation(`Given value ${units} for ${name} is out of bounds`);
  return units;
}

/** Refuses throughput of an index that does not go with its table's. */
export function checkIndexThroughput(index: Input, name: string, provisioned: boolean): Throughput | undefined {
  const throughput = readThroughput(index);
  if (provisioned && !throughput) throw invalid(`ProvisionedThroughput must be specified for index: ${name}`);
  if (!provisioned && throughput) {
    throw invalid(
      `ProvisionedThroughput should not be specified for index: ${name} when BillingMode is PAY_PER_REQUEST`,
    );
  }
  return throughput;
}

function isGiven(input: Input, name: string): boolean {
  return optionalRecord(input, name) !== undefined;
}
