import * as z from 'zod';
import { refuseRepeated } from '../../../shared/api/fields.ts';
import { RoutingRules, RoutingRulesId } from '../../../shared/domain/network/routing-rules.ts';

const rules = RoutingRules.shape.rules
  .check(refuseRepeated(({ name }) => name, 'name'))
  .meta({ description: 'In the order in which they are asked; the first whose sites serve everything decides.' });

export const RoutingRulesBody = z.strictObject({ rules }).meta({ id: 'PutRoutingRules' });

export const CheckRulesBody = z
  .strictObject({
    id: RoutingRulesId.meta({ description: 'The storefront they would be of, or `default`.' }),
    rules,
  })
  .meta({ id: 'ValidateRoutingRules' });
