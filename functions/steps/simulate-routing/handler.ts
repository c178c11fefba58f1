import * as z from 'zod';
import { dynamoDb } from '../../../shared/adapters/dynamodb/client.ts';
import { dynamoRouteHistory } from '../../../shared/adapters/dynamodb/route-history.ts';
import { dynamoSimulations } from '../../../shared/adapters/dynamodb/simulation-store.ts';
import { realSystem } from '../../../shared/adapters/system.ts';
import { SimulationId } from '../../../shared/ports/simulations.ts';
import { defineStep } from '../../../shared/runtime/step.ts';
import { ordersTable } from '../../../shared/runtime/workflow-env.ts';
import { simulateRoutes } from '../../../shared/use-cases/routing/simulate-routes.ts';

const table = ordersTable();
const deps = {
  simulations: dynamoSimulations(dynamoDb, table),
  history: dynamoRouteHistory(dynamoDb, table),
  system: realSystem(),
};
const Input = z.object({ simulationId: SimulationId, execution: z.string() });
const Output = z.object({ outcome: z.enum(['MORE', 'DONE']) });

/** Milliseconds of the function's time kept back for the order that is replayed when the rest is spent. */
const keptBack = 12_000;

export const handler = defineStep('SimulateRouting', Input, Output, ({ simulationId }, { remainingMilliseconds }) =>
  simulateRoutes(deps, simulationId, () => remainingMilliseconds() > keptBack),
);
