import { AwsError } from '../kernel/errors.ts';
import type { Principal } from '../kernel/kernel.ts';
import { accessKeyIdOf } from './credentials.ts';
import type { Statement } from './policy.ts';

export interface Role {
  arn: string;
  name: string;
  trust: Statement[];
  statements: Statement[];
}

/** The roles of the template with their policies, and the policies of resources. */
export class PolicyStore {
  readonly #roles = new Map<string, Role>();
  readonly #rolesByName = new Map<string, Role>();
  readonly #rolesByKey = new Map<string, Role>();
  readonly #byResource = new Map<string, Statement[]>();

  addRole(role: Role): void {
    this.#roles.set(role.arn, role);
    this.#rolesByName.set(role.name, role);
    this.#rolesByKey.set(accessKeyIdOf(role.arn), role);
  }

  role(arn: string): Role | undefined {
    return this.#roles.get(arn);
  }

  roles(): readonly Role[] {
    return [...this.#roles.values()];
  }

  roleOfKey(accessKeyId: string): Role | undefined {
    return this.#rolesByKey.get(accessKeyId);
  }

  /** @throws Error if the template has no role of that name */
  attach(roleName: string, statements: Statement[]): void {
    const role = this.#rolesByName.get(roleName);
    if (!role) throw new Error(`there is no role ${roleName} in the template`);
    role.statements.push(...statements);
  }

  attachToResource(arn: string, statements: Statement[]): void {
    this.#byResource.set(arn, [...(this.#byResource.get(arn) ?? []), ...statements]);
  }

  /** The policy of the resource itself or of what contains it: an object's bucket, a function's version's function. */
  ofResource(arn: string): readonly Statement[] {
    return this.#byResource.get(arn) ?? this.#byResource.get(ownerArn(arn)) ?? [];
  }
}

function ownerArn(arn: string): string {
  if (arn.startsWith('arn:aws:s3:::')) return arn.split('/', 1)[0]!;
  if (arn.startsWith('arn:aws:lambda:')) return arn.split(':').slice(0, 7).join(':');
  return arn;
}

/** The refusal in AWS's own words (IAM User Guide, "Access denied error messages"). */
export function accessDenied(
  principal: Principal,
  action: string,
  resource: string,
  because: 'no identity-based policy' | 'no resource-based policy' | 'identity-based deny' | 'resource-based deny',
): AwsError {
  const reason = because.startsWith('no ')
    ? `because ${because} allows the ${action} action`
    : `with an explicit deny in ${because === 'identity-based deny' ? 'an identity-based' : 'a resource-based'} policy`;
  const message = `User: ${nameOf(principal)} is not authorized to perform: ${action} on resource: ${resource} ${reason}`;
  return new AwsError('AccessDeniedException', message, 403);
}

function nameOf(principal: Principal): string {
  if (principal.kind === 'operator') return 'operator';
  if (principal.kind === 'service') return principal.service;
  // arn:aws:iam::<account>:role/<path>/<name> acts as arn:aws:sts::<account>:assumed-role/<name>/<session>
  const [, , , , account, role] = principal.arn.split(':');
  return `arn:aws:sts::${account}:assumed-role/${role?.split('/').at(-1)}/${principal.session}`;
}
