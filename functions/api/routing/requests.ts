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

const Changes = z.strictObject({
  closeSites: Sites.meta({ description: 'As if they were switched off.' }),
  openSites: Sites.meta({ description: 'As if they were switched on.' }),
  excludeSites: Sites.meta({ description: 'As if they did not exist.' }),
  onlySites: Sites.meta({ description: 'As if no other existed.' }),
  policy: PolicyName.optional(),
  weights: z.strictObject(Weights.partial().shape).optional().meta({ description: 'Over those of the policy.' }),
  maxParcels: z.int().min(1).max(10).optional(),
});

const saysSomething = (patch: object): boolean => Object.values(patch).some((part) => part !== undefined);

const Patch = Changes.extend({
  addStock: z
    .array(z.strictObject({ locationId: LocationId, sku: Sku, units: z.int().min(-1_000_000).max(1_000_000) }))
    .min(1)
    .max(100)
    .check(refuseRepeated(({ locationId, sku }) => `${sku} at ${locationId}`))
    .optional()
    .meta({ description: 'Units more for sale, or fewer; never below none.' }),
}).refine(saysSomething, 'Say what should be different.');

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

export const mostSimulatedDays = 31;

export const SimulationBody = z
  .strictObject({
    from: z.iso.date().meta({ description: 'First day of placement, UTC. At most 90 days ago.' }),
    to: z.iso.date().meta({ description: `Last day of placement, UTC, at most ${mostSimulatedDays} days in all.` }),
    storefront: z.string().min(1).max(64).optional().meta({ description: 'Orders of this channel only.' }),
    limit: z
      .int()
      .min(1)
      .max(100_000)
      .default(10_000)
      .meta({ description: 'Orders that are looked at, at most, oldest days first.' }),
    patch: Changes.refine(saysSomething, 'Say what should be different.').meta({
      description: 'What should be different in every decision. What is not named stays as it was.',
    }),
  })
  .meta({ id: 'RoutingSimulationRequest' });
export type SimulationBody = z.infer<typeof SimulationBody>;
