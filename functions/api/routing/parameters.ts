import * as z from 'zod';
import { StorefrontId } from '../../../shared/domain/network/storefront.ts';
import { SimulationId } from '../../../shared/ports/simulations.ts';

export const simulationPath = {
  schema: z.object({ id: SimulationId }),
  problems: { id: 'simulation_not_found' },
} as const;

export const shadowPath = {
  schema: z.object({ id: StorefrontId }),
  problems: { id: 'storefront_not_found' },
} as const;

export const ShadowQuery = z.strictObject({
  from: z.iso.date().meta({ description: 'First day of the decisions, UTC.' }),
  to: z.iso.date().meta({ description: 'Last day, UTC: at most 31 days in all.' }),
});
