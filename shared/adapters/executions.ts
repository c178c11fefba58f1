import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import type { Machine } from '../workflows/triggers.ts';
import { lean } from './lean-client.ts';

/** What cannot be told: the service does not describe executions of EXPRESS machines, nor one that is not there (yet). */
const untold: Readonly<Record<string, string>> = {
  ExecutionDoesNotExist:
    'Step Functions knows no such execution: it has not been started yet, or its history has expired.',
  InvalidArn: 'Step Functions does not describe executions of EXPRESS machines: see their log group.',
  StateMachineTypeNotSupported: 'Step Functions does not describe executions of EXPRESS machines: see their log group.',
};

/** Asks Step Functions about an execution by name. */
export function stepFunctionsReader(arns: Record<Machine, string>) {
  const client = lean(new SFNClient({ maxAttempts: 4 }));
  return async (machine: Machine, name: string) => {
    const executionArn = `${arns[machine].replace(':stateMachine:', ':execution:')}:${name}`;
    try {
      // Without input and output: they may be large, and nobody asked.
      const { status, startDate, stopDate, error } = await client.send(
        new DescribeExecutionCommand({ executionArn, includedData: 'METADATA_ONLY' }),
      );
      return {
        executionArn,
        status: status ?? 'UNKNOWN',
        ...(startDate && { startedAt: startDate.toISOString() }),
        ...(stopDate && { stoppedAt: stopDate.toISOString() }),
        ...(error !== undefined && { error }),
      };
    } catch (failure) {
      const note = failure instanceof Error ? untold[failure.name] : undefined;
      if (note === undefined) throw failure;
      return { executionArn, status: 'UNKNOWN', note };
    }
  };
}
