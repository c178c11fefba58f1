import * as accounts from '../functions/api/accounts/contract.ts';
import * as availability from '../functions/api/availability/contract.ts';
import * as cartHolds from '../functions/api/cart-holds/contract.ts';
import * as creditMemos from '../functions/api/credit-memos/contract.ts';
import * as documents from '../functions/api/documents/contract.ts';
import * as executions from '../functions/api/executions/contract.ts';
import * as feeds from '../functions/api/feeds/contract.ts';
import * as fraud from '../functions/api/fraud/contract.ts';
import * as fulfillments from '../functions/api/fulfillments/contract.ts';
import * as inventory from '../functions/api/inventory/contract.ts';
import * as ledger from '../functions/api/ledger/contract.ts';
import * as meta from '../functions/api/meta/contract.ts';
import * as network from '../functions/api/network/contract.ts';
import * as operations from '../functions/api/operations/contract.ts';
import * as orders from '../functions/api/orders/contract.ts';
import * as payments from '../functions/api/payments/contract.ts';
import * as quotes from '../functions/api/quotes/contract.ts';
import * as routing from '../functions/api/routing/contract.ts';
import * as settlements from '../functions/api/settlements/contract.ts';
import * as tax from '../functions/api/tax/contract.ts';
import * as webhooks from '../functions/api/webhooks/contract.ts';
import { type ApiRole, type Contracts, headKeyOf, routeKeyOf } from '../shared/runtime/contract.ts';

export interface Route {
  /** As API Gateway writes it: `GET /v1/orders/{id}`, `$default`. */
  key: string;
  /** Folder under functions/api that answers it. */
  group: string;
  /** The roles of API keys that may, or the reason why it asks for no key. */
  access: readonly ApiRole[] | string;
}

const groups: Record<string, Record<string, Contracts>> = {
  accounts,
  availability,
  'cart-holds': cartHolds,
  'credit-memos': creditMemos,
  documents,
  executions,
  feeds,
  fraud,
  fulfillments,
  inventory,
  ledger,
  meta,
  network,
  operations,
  orders,
  payments,
  quotes,
  routing,
  settlements,
  tax,
  webhooks,
};

/**
 * Every route of the API, from the contracts, and the answer to every other path.
 * @throws Error if two contracts claim the same route
 */
export const routes: readonly Route[] = [...contractRoutes(), catchAll()];

function contractRoutes(): Route[] {
  const found = new Map<string, Route>();
  for (const [group, module] of Object.entries(groups)) {
    for (const contract of Object.values(module).flatMap((contracts) => Object.values(contracts))) {
      const key = routeKeyOf(contract);
      if (found.has(key)) throw new Error(`functions/api/${found.get(key)?.group} and ${group} both answer ${key}`);
      const isPublic = contract.roles === 'public';
      const access = isPublic ? openBecause(contract.method) : contract.roles;
      found.set(key, { key, group, access });
      // HEAD wherever there is GET (RFC 9110, 9.3.2), behind the same door; of what is public, $default answers it.
      if (contract.method === 'GET' && !isPublic) {
        const head = headKeyOf(contract);
        found.set(head, { key: head, group, access });
      }
    }
  }
  return [...found.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}

function openBecause(method: string): string {
  return method === 'GET'
    ? 'Public by its contract: it tells nothing about any order.'
    : 'Public by its contract: who asks is known by the signature of the body.';
}

function catchAll(): Route {
  return {
    key: '$default',
    group: 'meta',
    access: 'Answers 404 and 405 for paths that do not exist: there is nothing to guard.',
  };
}
