import * as z from 'zod';
import { Cursor, Limit } from '../../../shared/api/parameters.ts';
import { LegalEntityId } from '../../../shared/domain/legal-entity.ts';
import { LocationGroupId } from '../../../shared/domain/network/location-group.ts';
import { RoutingRulesId } from '../../../shared/domain/network/routing-rules.ts';
import { StorefrontId } from '../../../shared/domain/network/storefront.ts';

export const PageQuery = z.strictObject({ limit: Limit, cursor: Cursor });

export const groupPath = {
  schema: z.object({ id: LocationGroupId }),
  problems: { id: 'location_group_not_found' },
} as const;

export const rulesPath = {
  schema: z.object({ id: RoutingRulesId }),
  problems: { id: 'routing_rules_not_found' },
} as const;

export const storefrontPath = {
  schema: z.object({ id: StorefrontId }),
  problems: { id: 'storefront_not_found' },
} as const;

export const entityPath = {
  schema: z.object({ id: LegalEntityId }),
  problems: { id: 'legal_entity_not_found' },
} as const;
