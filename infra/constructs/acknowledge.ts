import { Stack, Validations } from 'aws-cdk-lib';
import { flattenCfnReference } from 'cdk-nag/lib/utils/flatten-cfn-reference.js';
import type { IConstruct } from 'constructs';

/** Accepts findings of cdk-nag on one construct and what is in it, each with the reason. Never call it on a stack. */
export function acknowledge(construct: IConstruct, findings: Record<string, string>): void {
  const validations = Validations.of(construct);
  for (const [id, reason] of Object.entries(findings)) validations.acknowledge({ id, reason });
}

/** Accepts the wildcards in these resources of a policy: cdk-nag names each of them by the resource, as the template writes it. */
export function acknowledgeWildcards(policy: IConstruct, resources: readonly string[], reason: string): void {
  const names = resources.map((resource) => flattenCfnReference(Stack.of(policy).resolve(resource)));
  acknowledge(policy, Object.fromEntries(names.map((name) => [`AwsSolutions-IAM5[Resource::${name}]`, reason])));
}
