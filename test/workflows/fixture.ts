import { bundleAndSynth } from '../../infra/bundle.ts';
import { ApiClient, type OrderView } from '../../local/client.ts';
import { startCloud } from '../../local/cloud.ts';
import { FakeClock } from '../../local/kernel/fake-clock.ts';
import { operator } from '../../local/kernel/kernel.ts';
import { seed } from '../../local/seed.ts';
import { localParameters } from '../../local/template-parameters.ts';
import { assemblyOf } from '../assemblies.ts';

export const second = 1000;
export const hour = 3_600_000;

/** The real workflows with the real handlers from the synthesized template, on a clock that moves only when a test says so. */
export async function workflowWorld(
  installation: 'standard' | 'express' | 'otherPolicy' | 'avatax' = 'standard',
  parameters: Record<string, string> = {},
) {
  const assembly = installation === 'standard' ? (await bundleAndSynth()).assembly : await assemblyOf(installation);
  const clock = new FakeClock();
  const failures: string[] = [];
  const cloud = await startCloud({
    assembly,
    apiPort: 0,
    awsPort: 0,
    clock,
    parameters: { ...localParameters, ...parameters },
    lambda: { inProcess: true },
    onFailure: (where, error) => failures.push(`${where}: ${error}`),
  });
  const api = new ApiClient(cloud.apiUrl, await seed(cloud));
  await clock.settle();

  const call = (operation: string, input: unknown) => cloud.services.states.call(operation, input, operator);
  const machineArn = async (machine: string): Promise<string> => {
    const { stateMachines } = (await call('ListStateMachines', {})) as {
      stateMachines: { name: string; stateMachineArn: string }[];
    };
    const found = stateMachines.find(({ name }) => name.includes(machine));
    if (!found) throw new Error(`no machine ${machine}`);
    return found.stateMachineArn;
  };

  return {
    api,
    clock,
    cloud,
    failures,
    /**
     * Takes every fulfillment to delivered, letting what each verb started come to rest before the next one: on a clock that stands still, a pause
     * between two attempts would never end.
     */
    async fulfill(order: OrderView): Promise<void> {
      for (const { id } of order.fulfillments) {
        for (const verb of ['accept', 'pick', 'pack', 'ship', 'deliver'] as const) {
          await api.verb(id, verb);
          await clock.settle();
        }
      }
    },
    /** The states that an execution entered, in order. */
    async statesOf(machine: string, name: string): Promise<string[]> {
      const arn = (await machineArn(machine)).replace(':stateMachine:', ':execution:');
      const { events } = (await call('GetExecutionHistory', { executionArn: `${arn}:${name}`, maxResults: 1000 })) as {
        events: { stateEnteredEventDetails?: { name: string } }[];
      };
      return events.flatMap(({ stateEnteredEventDetails: entered }) => (entered ? [entered.name] : []));
    },
    async executions(machine: string): Promise<{ name: string; status: string }[]> {
      const { executions } = (await call('ListExecutions', { stateMachineArn: await machineArn(machine) })) as {
        executions: { name: string; status: string }[];
      };
      return executions;
    },
    /** Stops what runs of a machine, as if it had never been. */
    async stopExecutions(machine: string): Promise<void> {
      const arn = (await machineArn(machine)).replace(':stateMachine:', ':execution:');
      for (const { name, status } of await this.executions(machine)) {
        if (status === 'RUNNING') await call('StopExecution', { executionArn: `${arn}:${name}` });
      }
    },
    /** Scripts the next bookings of the sandbox carrier to fail. */
    async carrierFails(times: number): Promise<void> {
      await cloud.services.dynamodb.call(
        'PutItem',
        {
          TableName: cloud.outputs.SandboxTable,
          Item: { pk: { S: 'FAULT#carrier' }, sk: { S: '-' }, counter: { N: String(times) } },
        },
        operator,
      );
    },
    stop: () => cloud.stop(),
  };
}
export type WorkflowWorld = Awaited<ReturnType<typeof workflowWorld>>;
