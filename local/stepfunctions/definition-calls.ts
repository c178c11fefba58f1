import * as z from 'zod';
import { AwsError } from '../kernel/errors.ts';
import { findExecution, type Operation, operation, seconds } from './api.ts';
import { checkMachineArn } from './names.ts';
import { readDefinition } from './validate.ts';

/** More than anybody reads at once; the service's own limit for its answer. */
const MOST_DIAGNOSTICS = 100;

/** The calls on definitions and on machines that exist. */
export const definitionCalls: Record<string, Operation> = {
  UpdateStateMachine: operation(
    z.strictObject({
      stateMachineArn: z.string(),
      definition: z.string().optional(),
      roleArn: z.string().optional(),
      // Of no meaning on one machine: see CreateStateMachine.
      loggingConfiguration: z.unknown().optional(),
      tracingConfiguration: z.unknown().optional(),
    }),
    async ({ kernel, store, machines }, input, principal) => {
      const { stateMachineArn, definition, roleArn } = input;
      kernel.authorizer.authorize(principal, 'states:UpdateStateMachine', stateMachineArn);
      if (Object.keys(input).length === 1) {
        throw new AwsError(
          'MissingRequiredParameter',
          'Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration must be specified',
        );
      }
      const row = await store.storage.write(() =>
        machines.update(stateMachineArn, {
          ...(definition !== undefined && { definition }),
          ...(roleArn !== undefined && { role: roleArn }),
        }),
      );
      return { updateDate: seconds(kernel.clock.now()), revisionId: row.revision };
    },
  ),

  DeleteStateMachine: operation(
    z.strictObject({ stateMachineArn: z.string() }),
    async ({ kernel, store, machines }, { stateMachineArn }, principal) => {
      kernel.authorizer.authorize(principal, 'states:DeleteStateMachine', stateMachineArn);
      checkMachineArn(stateMachineArn);
      await store.storage.write(() => machines.delete(stateMachineArn));
      return {};
    },
  ),

  /** By what an execution runs, whatever became of its machine. */
  DescribeStateMachineForExecution: operation(
    z.strictObject({ executionArn: z.string(), includedData: z.literal('ALL_DATA').optional() }),
    async (engine, { executionArn }, principal) => {
      engine.kernel.authorizer.authorize(principal, 'states:DescribeStateMachineForExecution', executionArn);
      const row = await findExecution(engine, executionArn, principal);
      const definition = await engine.store.storage.read(() => engine.store.definition(row.definition));
      // A synchronous EXPRESS execution keeps none: nobody resumes it.
      if (definition === undefined) {
        throw new AwsError('ExecutionDoesNotExist', `The definition of '${executionArn}' was not kept`);
      }
      return {
        stateMachineArn: row.machineArn,
        name: row.machineArn.slice(row.machineArn.lastIndexOf(':') + 1),
        definition,
        roleArn: row.role,
        updateDate: seconds(row.started),
      };
    },
  ),

  ValidateStateMachineDefinition: operation(
    z.strictObject({
      definition: z.string(),
      type: z.enum(['STANDARD', 'EXPRESS']).optional(),
      severity: z.enum(['ERROR', 'WARNING']).optional(),
      maxResults: z.int().min(0).max(MOST_DIAGNOSTICS).optional(),
    }),
    async ({ kernel }, { definition, maxResults }, principal) => {
      kernel.authorizer.authorize(principal, 'states:ValidateStateMachineDefinition', '*');
      const read = readDefinition(definition);
      const problems = 'problems' in read ? read.problems : [];
      const shown = problems.slice(0, maxResults || MOST_DIAGNOSTICS);
      return {
        result: problems.length === 0 ? 'OK' : 'FAIL',
        diagnostics: shown.map(({ state, message }) => ({
          severity: 'ERROR',
          code: 'SCHEMA_VALIDATION_FAILED',
          message,
          ...(state !== '' && { location: `/States/${state}` }),
        })),
        truncated: shown.length < problems.length,
      };
    },
  ),
};
