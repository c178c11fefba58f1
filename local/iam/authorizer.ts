import type { Authorizer, Principal } from '../kernel/kernel.ts';
import type { RequestContext } from './conditions.ts';
import type { Statement } from './policy.ts';
import { accessDenied, type PolicyStore } from './policy-store.ts';

/** Decisions kept per principal. Resource names can come from clients (object keys), so the number is bounded. */
const CACHE_LIMIT = 5_000;

/** Hears of every decision about a role or a service. */
export type DecisionListener = (decision: {
  principal: Exclude<Principal, { kind: 'operator' }>;
  action: string;
  resource: string;
  /** What conditions are asked about, by key in lower case. */
  context: RequestContext;
  allowed: boolean;
}) => void;

type Decision =
  | 'allow'
  | 'no identity-based policy'
  | 'no resource-based policy'
  | 'identity-based deny'
  | 'resource-based deny';

/**
 * Evaluates policies as IAM does inside one account: an explicit deny wins, else one allow suffices, from the caller's own policies or
 * from the resource's. Services acting by themselves have only the resource's.
 */
export class PolicyAuthorizer implements Authorizer {
  readonly #store: PolicyStore;
  readonly #account: string;
  readonly #onDecision: DecisionListener | undefined;
  /** By principal, then by action and resource: decisions that depend on no condition. */
  readonly #decisions = new Map<string, Map<string, Decision>>();

  constructor(store: PolicyStore, account: string, onDecision?: DecisionListener) {
    this.#store = store;
    this.#account = account;
    this.#onDecision = onDecision;
  }

  authorize(principal: Principal, action: string, resource: string, context?: Record<string, string | string[]>): void {
    if (principal.kind === 'operator') return;
    const cache = this.#cacheOf(
      principal.kind === 'role' ? principal.arn : `${principal.service} ${principal.sourceArn}`,
    );
    const key = `${action} ${resource}`;
    const decision = cache.get(key) ?? this.#evaluate(principal, action, resource, context, cache, key);
    this.#onDecision?.({
      principal,
      action,
      resource,
      context: contextOf(principal, this.#account, context),
      allowed: decision === 'allow',
    });
    if (decision !== 'allow') throw accessDenied(principal, action, resource, decision);
  }

  /** Forgets decisions: policies have changed. */
  reset(): void {
    this.#decisions.clear();
  }

  #cacheOf(id: string): Map<string, Decision> {
    let cache = this.#decisions.get(id);
    if (!cache || cache.size > CACHE_LIMIT) {
      cache = new Map();
      this.#decisions.set(id, cache);
    }
    return cache;
  }

  #evaluate(
    principal: Exclude<Principal, { kind: 'operator' }>,
    action: string,
    resource: string,
    given: Record<string, string | string[]> | undefined,
    cache: Map<string, Decision>,
    key: string,
  ): Decision {
    const covers = (statement: Statement) => statement.action(action) && statement.resource(resource);
    const identity =
      principal.kind === 'role' ? (this.#store.role(principal.arn)?.statements ?? []).filter(covers) : [];
    const ofResource = this.#store.ofResource(resource).filter((one) => covers(one) && isAbout(one, principal));
    const context = contextOf(principal, this.#account, given);
    const decision = decide(principal, identity, ofResource, context);
    if (![...identity, ...ofResource].some((statement) => statement.condition)) cache.set(key, decision);
    return decision;
  }
}

function decide(
  principal: Principal,
  identity: Statement[],
  ofResource: Statement[],
  context: RequestContext,
): Decision {
  const holds = (effect: Statement['effect']) => (statement: Statement) =>
    statement.effect === effect && (statement.condition?.(context) ?? true);
  if (identity.some(holds('Deny'))) return 'identity-based deny';
  if (ofResource.some(holds('Deny'))) return 'resource-based deny';
  if (identity.some(holds('Allow'))) return 'allow';
  // Naming the account only lets its roles' own policies decide; naming the role or everyone grants.
  const grants = (statement: Statement) =>
    principal.kind === 'service' ||
    statement.principal?.everyone ||
    (principal.kind === 'role' && statement.principal?.roles.has(principal.arn));
  if (ofResource.some((statement) => grants(statement) && holds('Allow')(statement))) return 'allow';
  return principal.kind === 'role' ? 'no identity-based policy' : 'no resource-based policy';
}

function isAbout({ principal: set }: Statement, principal: Principal): boolean {
  if (!set) return false;
  if (set.everyone) return true;
  if (principal.kind === 'service') return set.services.has(principal.service);
  return principal.kind === 'role' && (set.account || set.roles.has(principal.arn));
}

/** The caller's context keys plus those that every request has. */
export function contextOf(
  principal: Principal,
  account: string,
  given: Record<string, string | string[]> = {},
): RequestContext {
  const context: Record<string, readonly string[]> = {
    // Nothing leaves the machine unless told to: loopback counts as a secure transport, as policies that ask for TLS mean it.
    'aws:securetransport': ['true'],
  };
  if (principal.kind === 'role') {
    context['aws:principalarn'] = [principal.arn];
    context['aws:principalaccount'] = [account];
    context['aws:principalisawsservice'] = ['false'];
  } else if (principal.kind === 'service') {
    context['aws:sourcearn'] = [principal.sourceArn];
    context['aws:sourceaccount'] = [account];
    context['aws:principalisawsservice'] = ['true'];
    context['aws:principalservicename'] = [principal.service];
  }
  for (const [key, value] of Object.entries(given)) context[key.toLowerCase()] = [value].flat();
  return context;
}
