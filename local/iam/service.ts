import type { ProvisionedResource } from '../assembly/provision.ts';
import { AwsError } from '../kernel/errors.ts';
import { type Authorizer, operator, type Principal, type Service } from '../kernel/kernel.ts';
import { type DecisionListener, PolicyAuthorizer } from './authorizer.ts';
import { sessionOf } from './credentials.ts';
import { PolicyStore, type Role } from './policy-store.ts';
import { iamResources } from './resource-handlers.ts';
import { checkTrust } from './trust.ts';

export interface Iam {
  authorizer: Authorizer;
  service: Service;
  /** The template's roles with what they may do. */
  roles(): readonly Role[];
  /** Whom a request's credentials stand for: a role of the template, or for any other key the person at this machine. */
  identify(accessKeyId: string, sessionToken: string | undefined): Principal;
  /** Call after each resource. @throws Error if it uses a role that does not trust its service */
  check(resource: ProvisionedResource): void;
}

/** Identity and access management: enforces the template's policies on every call, so that a missing grant fails here first. */
export function createIam(place: { region: string; account: string }, onDecision?: DecisionListener): Iam {
  const store = new PolicyStore();
  const authorizer = new PolicyAuthorizer(store, place.account, onDecision);
  // The same object for the same credentials: this runs for every request.
  const principals = new Map<string, Principal>();
  return {
    authorizer,
    roles: () => store.roles(),
    service: {
      name: 'iam',
      resources: iamResources(store, place),
      async call(operation) {
        throw new AwsError('UnknownOperationException', `iam has no operation ${operation} on this machine`);
      },
    },
    identify(accessKeyId, sessionToken) {
      const role = store.roleOfKey(accessKeyId);
      if (!role) return operator;
      const session = sessionOf(sessionToken) ?? role.name;
      const key = `${accessKeyId} ${session}`;
      let principal = principals.get(key);
      if (!principal) {
        if (principals.size > 10_000) principals.clear();
        principal = { kind: 'role', arn: role.arn, session };
        principals.set(key, principal);
      }
      return principal;
    },
    check(resource) {
      authorizer.reset();
      checkTrust(resource, store, place.region, place.account);
    },
  };
}
