import * as z from 'zod';
import { SimulationId } from '../../../shared/ports/simulations.ts';

export const simulationPath = {
  schema: z.object({ id: SimulationId }),
  problems: { id: 'simulation_not_found' },
} as const;
