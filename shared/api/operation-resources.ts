import * as z from 'zod';
import { Instant } from '../domain/order.ts';
import { Units } from './resource-fields.ts';

export const OperationResource = z
  .looseObject({
    id: z.string(),
    type: z.string(),
    locationId: z.string(),
    reason: z.string(),
    state: z
      .enum(['RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELED'])
      .meta({ description: 'FAILED: all is tried, and some could not be moved. CANCELED: the outage ended before.' }),
    total: Units.meta({ description: 'Fulfillments found so far.' }),
    done: Units,
    failed: Units,
    outcomes: z
      .looseObject({ rerouted: Units, backordered: Units, parked: Units, onHold: Units, gone: Units })
      .meta({ description: 'What became of those that are done.' }),
    startedBy: z.string(),
    startedAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: 'Operation', description: 'Work that takes longer than a request.' });
