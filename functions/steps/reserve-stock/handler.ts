import * as z from 'zod';
import { backorders, cartHolds, executeDeps, geocoder, networkReader } from '../../../shared/runtime/dependencies.ts';
import { defineStep } from '../../../shared/runtime/step.ts';
import { OrderStepInput, stepMeta } from '../../../shared/runtime/step-input.ts';
import { reserveStock } from '../../../shared/use-cases/reserve-stock.ts';

const deps = {
  ...executeDeps(),
  network: networkReader(),
  geocoder: geocoder(),
  backorders: backorders(),
  cartHolds: cartHolds(),
};
const Output = z.object({ outcome: z.enum(['TAX_PENDING', 'RESERVED', 'BACKORDERED', 'REJECTED', 'ON_HOLD', 'OVER']) });

export const handler = defineStep('ReserveStock', OrderStepInput, Output, (input) =>
  reserveStock(deps, input.orderId, stepMeta('reserve-stock', input)),
);
