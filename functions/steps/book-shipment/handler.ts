import * as z from 'zod';
import { carrier, executeDeps } from '../../../shared/runtime/dependencies.ts';
import { defineStep } from '../../../shared/runtime/step.ts';
import { FulfillmentStepInput, stepMeta } from '../../../shared/runtime/step-input.ts';
import { bookShipment } from '../../../shared/use-cases/book-shipment.ts';

const deps = { ...executeDeps(), carrier: carrier() };
const Output = z.object({ outcome: z.enum(['BOOKED', 'NOT_PACKED']) });

export const handler = defineStep('BookShipment', FulfillmentStepInput, Output, async (input) => {
  const { outcome } = await bookShipment(deps, input.orderId, input.fulfillmentId, stepMeta('book-shipment', input));
  return { outcome };
});
