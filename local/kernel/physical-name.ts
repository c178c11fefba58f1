import { createHash } from 'node:crypto';
import type { Resource } from './kernel.ts';

/**
 * The name of a resource that the template leaves unnamed: `<stack>-<logical id>-<12 characters>` as CloudFormation makes it, but with a
 * suffix derived from the first two instead of drawn at random, so that a restart finds the same resource again.
 */
export function physicalName(resource: Resource, longest: number): string {
  const suffix = createHash('sha256').update(`${resource.stackName}/${resource.logicalId}`).digest('hex').slice(0, 12);
  return `${`${resource.stackName}-${resource.logicalId}`.slice(0, longest - suffix.length - 1)}-${suffix}`;
}
