import type { ProvisionedResource } from '../assembly/provision.ts';
import { contextOf } from './authorizer.ts';
import type { PolicyStore } from './policy-store.ts';

/** Where resources name the role that a service takes on for them. */
const ROLE_USES: Record<string, { service: string; roles(properties: Record<string, unknown>): unknown[] }> = {
  'AWS::Lambda::Function': { service: 'lambda.amazonaws.com', roles: ({ Role }) => [Role] },
  'AWS::StepFunctions::StateMachine': { service: 'states.amazonaws.com', roles: ({ RoleArn }) => [RoleArn] },
  'AWS::Events::Rule': {
    service: 'events.amazonaws.com',
    roles: ({ Targets }) => (Array.isArray(Targets) ? Targets.map((target) => member(target, 'RoleArn')) : []),
  },
  'AWS::Scheduler::Schedule': {
    service: 'scheduler.amazonaws.com',
    roles: ({ Target }) => [member(Target, 'RoleArn')],
  },
  'AWS::Pipes::Pipe': { service: 'pipes.amazonaws.com', roles: ({ RoleArn }) => [RoleArn] },
};

/**
 * Refuses a resource whose role does not trust the service that would take it on, as AWS does at deploy time.
 * @throws Error in AWS's words
 */
export function checkTrust(resource: ProvisionedResource, store: PolicyStore, region: string, account: string): void {
  const use = ROLE_USES[resource.type];
  if (!use) return;
  for (const arn of use.roles(resource.properties)) {
    if (arn === undefined) continue;
    const role = typeof arn === 'string' ? store.role(arn) : undefined;
    if (!role) throw new Error(`${resource.logicalId}: there is no role ${JSON.stringify(arn)} in the template`);
    // A schedule acts for its group (EventBridge Scheduler User Guide, "Confused deputy prevention"), the others for themselves.
    const sourceArn =
      resource.type === 'AWS::Scheduler::Schedule'
        ? `arn:aws:scheduler:${region}:${account}:schedule-group/${resource.properties.GroupName ?? 'default'}`
        : (resource.attributes.Arn ?? resource.ref);
    const context = contextOf({ kind: 'service', service: use.service, sourceArn }, account);
    const trusted = role.trust.filter(
      (statement) =>
        (statement.principal?.everyone || statement.principal?.services.has(use.service)) &&
        statement.action('sts:AssumeRole') &&
        (statement.condition?.(context) ?? true),
    );
    if (!trusted.some(({ effect }) => effect === 'Allow') || trusted.some(({ effect }) => effect === 'Deny')) {
      throw new Error(`${resource.logicalId}: the role ${arn} cannot be assumed by ${use.service}`);
    }
  }
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? new Map(Object.entries(value)).get(name) : undefined;
}
