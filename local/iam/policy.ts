import * as z from 'zod';
import { type Condition, compileCondition } from './conditions.ts';
import { arnPattern, type Matcher, wildcard } from './patterns.ts';

/** One statement of a policy, ready to be asked. */
export interface Statement {
  effect: 'Allow' | 'Deny';
  action: Matcher;
  resource: Matcher;
  condition: Condition | undefined;
  /** In resource and trust policies: whom the statement is about. */
  principal: PrincipalSet | undefined;
  /** As the template says it, for who asks which grants there are. */
  source: { actions: readonly string[]; resources: readonly string[] };
}

export interface PrincipalSet {
  everyone: boolean;
  /** ARNs of roles. */
  roles: ReadonlySet<string>;
  /** `arn:aws:iam::<account>:root` or the account's number: everyone in the account, as far as their own policies go. */
  account: boolean;
  services: ReadonlySet<string>;
}

const strings = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());

const statementSchema = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.enum(['Allow', 'Deny']),
  Action: strings.optional(),
  NotAction: strings.optional(),
  Resource: strings.optional(),
  NotResource: strings.optional(),
  Principal: z
    .union([
      z.literal('*'),
      z.strictObject({ AWS: strings.optional(), Service: strings.optional(), Federated: strings.optional() }),
    ])
    .optional(),
  Condition: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
});

const documentSchema = z.strictObject({
  Version: z.string().optional(),
  Id: z.string().optional(),
  Statement: z.union([statementSchema, z.array(statementSchema)]).transform((value) => [value].flat()),
});

/**
 * Compiles a policy document.
 * @param kind an identity policy must not name principals, the others must; a trust policy has no resource
 * @throws Error for anything in it that this machine would not evaluate as IAM does
 */
export function compilePolicy(document: unknown, kind: 'identity' | 'resource' | 'trust'): Statement[] {
  const result = documentSchema.safeParse(document);
  if (!result.success) throw new Error(`policy: ${z.prettifyError(result.error)}`);
  return result.data.Statement.map((statement) => compileStatement(statement, kind));
}

function compileStatement(statement: z.infer<typeof statementSchema>, kind: string): Statement {
  const { Action, NotAction, Resource, NotResource, Principal, Condition: conditions } = statement;
  if ((Action === undefined) === (NotAction === undefined)) throw new Error('policy: needs either Action or NotAction');
  if ((kind === 'identity') !== (Principal === undefined)) throw new Error(`policy: Principal in an ${kind} policy`);
  const resources = Resource ?? NotResource ?? (kind === 'identity' ? undefined : ['*']);
  if (!resources || (Resource && NotResource)) throw new Error('policy: needs either Resource or NotResource');
  for (const text of resources) {
    if (text.includes('${')) throw new Error(`policy: policy variables are not supported: ${text}`);
  }
  const action = anyOf((Action ?? NotAction ?? []).map((pattern) => wildcard(pattern, false)));
  const resource = anyOf(resources.map(arnPattern));
  return {
    effect: statement.Effect,
    action: Action ? action : (text) => !action(text),
    resource: NotResource ? (text) => !resource(text) : resource,
    condition: conditions && Object.keys(conditions).length > 0 ? compileCondition(conditions) : undefined,
    principal: Principal === undefined ? undefined : compilePrincipal(Principal),
    source: { actions: Action ?? NotAction ?? [], resources },
  };
}

function compilePrincipal(principal: NonNullable<z.infer<typeof statementSchema>['Principal']>): PrincipalSet {
  if (principal === '*') return { everyone: true, roles: new Set(), account: false, services: new Set() };
  if (principal.Federated) throw new Error(`policy: federated principals are not supported: ${principal.Federated}`);
  const names = principal.AWS ?? [];
  const isAccount = (name: string) => /^(\d{12}|arn:aws:iam::\d{12}:root)$/.test(name);
  return {
    everyone: names.includes('*'),
    account: names.some(isAccount),
    roles: new Set(names.filter((name) => name !== '*' && !isAccount(name))),
    services: new Set(principal.Service ?? []),
  };
}

function anyOf(matchers: Matcher[]): Matcher {
  if (matchers.length === 1) return matchers[0]!;
  return (text) => matchers.some((matches) => matches(text));
}
