import { defaultLegalEntity } from '../../domain/default-legal-entity.ts';
import type { LegalEntities } from '../../ports/legal-entities.ts';

/** One company sells in every storefront. */
export const oneSeller = (seller = defaultLegalEntity): LegalEntities => ({ sellerIn: async () => seller });
