import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { Machine, WorkflowInput } from '../workflows/triggers.ts';
import { lean } from './lean-client.ts';

/** Starts executions by name. The same name again is the same execution: whoever asks a second time finds it done. */
export function stepFunctionsStarter(arns: Record<Machine, string>) {
  const client = lean(new SFNClient({ maxAttempts: 4 }));
  return async (machine: Machine, name: string, input: WorkflowInput): Promise<void> => {
    try {
      await client.send(
        new StartExecutionCommand({ stateMachineArn: arns[machine], name, input: JSON.stringify(input) }),
      );
    } catch (error) {
      if ((error as Error).name !== 'ExecutionAlreadyExists') throw error;
    }
  };
}
