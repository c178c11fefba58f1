import * as z from 'zod';
import { refuseRepeated } from '../../../shared/api/fields.ts';
import { LocationId, OrderId, Sku } from '../../../shared/domain/ids.ts';
import { PolicyName, Weights } from '../../../shared/domain/routing/policies.ts';

/** Bodies of requests. Strict: an unknown field is more often a typing error than a wish. */

const Sites = z
  .array(LocationId)
  .min(1)
  .max(1000)
  .check(refuseRepeated((id) => id))
  .optional();

const Patch = z
  .strictObject({
    closeSites: Sites.meta({ description: 'As if they were switched off.' }),
    openSites: Sites.meta({ description: 'As if they were switched on.' }),
    excludeSites: Sites.meta({ description: 'As if they did not exist.' }),
    onlySites: Sites.meta({ description: 'As if no other existed.' }),
    addStock: z
      .array(z.strictObject({ locationId: LocationId, sku: Sku, units: z.int().min(-1_000_000).max(1_000_000) }))
      .min(1)
      .max(100)
      .check(refuseRepeated(({ locationId, sku }) => `${sku} at ${locationId}`))
      .optional()
      .meta({ description: 'Units more for sale, or fewer; never below none.' }),
    policy: PolicyName.optional(),
    weights: z.strictObject(Weights.partial().shape).optional().meta({ description: 'Over those of the policy.' }),
    maxParcels: z.int().min(1).max(10).optional(),
  })
  .refine((patch) => Object.values(patch).some((part) => part !== undefined), 'Say what should be different.');

export const WhatIfBody = z
  .strictObject({
    orderId: OrderId,
    decision: z
      .int()
      .min(1)
      .optional()
      .meta({ description: 'Which of the order’s decisions, by its `decision`. Absent: the last one.' }),
    patch: Patch.meta({ description: 'What should be different. What is not named stays as it was.' }),
  })
  .meta({ id: 'RoutingWhatIf' });
