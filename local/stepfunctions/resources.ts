/** What a Task's `Resource` names: a function, an optimized integration, or a call of the AWS SDK. */
export type TaskResource =
  | { kind: 'function'; arn: string }
  | { kind: 'optimized'; service: OptimizedService; action: string }
  | { kind: 'sdk'; service: SdkService; action: string };

export type OptimizedService = 'lambda' | 'dynamodb' | 'events' | 'sqs' | 'states';
export type SdkService = 'dynamodb' | 'sfn' | 'sqs' | 'eventbridge';

/** The optimized integrations, all request-response. */
export const OPTIMIZED: Record<OptimizedService, readonly string[]> = {
  lambda: ['invoke'],
  dynamodb: ['getItem', 'putItem', 'updateItem', 'deleteItem'],
  events: ['putEvents'],
  sqs: ['sendMessage'],
  states: ['startExecution'],
};

/** Services that `aws-sdk:` reaches: every operation that they have here. */
export const SDK: readonly SdkService[] = ['dynamodb', 'sfn', 'sqs', 'eventbridge'];

/**
 * Reads a Task's `Resource`.
 * @returns what it names, or the reason why this machine refuses it
 */
export function parseResource(resource: string): TaskResource | { refused: string } {
  if (/^arn:aws:lambda:[^:]+:\d{12}:function:[^:]+(:[^:]+)?$/.test(resource))
    return { kind: 'function', arn: resource };
  const match = /^arn:aws:states:::(?:aws-sdk:)?([a-z0-9]+):([A-Za-z]+)(\.[A-Za-z:0-9]+)?$/.exec(resource);
  if (!match) return { refused: `Resource ${resource} is neither a Lambda function nor a service integration` };
  const [, service = '', action = '', pattern] = match;
  if (pattern)
    return { refused: `Resource ${resource}: the pattern ${pattern} is not supported, only request-response` };
  if (resource.startsWith('arn:aws:states:::aws-sdk:')) return sdkResource(service, action);
  const optimized = keyOf(OPTIMIZED, service);
  if (!optimized || !OPTIMIZED[optimized].includes(action)) {
    const known = Object.entries(OPTIMIZED).flatMap(([name, actions]) => actions.map((each) => `${name}:${each}`));
    return { refused: `Resource ${resource} is not supported; supported are ${known.join(', ')} and aws-sdk:` };
  }
  return { kind: 'optimized', service: optimized, action };
}

function sdkResource(service: string, action: string): TaskResource | { refused: string } {
  const known = SDK.find((each) => each === service);
  if (!known) {
    const hint = service === 'events' ? ' (the AWS SDK calls it eventbridge)' : '';
    return { refused: `aws-sdk:${service} is not supported${hint}; supported are ${SDK.join(', ')}` };
  }
  if (!/^[a-z]/.test(action)) return { refused: `aws-sdk:${service}:${action}: the action must be in camelCase` };
  return { kind: 'sdk', service: known, action };
}

/** How history events name the resource. */
export function resourceLabels(resource: TaskResource): { resourceType: string; resource: string } {
  if (resource.kind === 'function') return { resourceType: 'lambda', resource: resource.arn };
  const prefix = resource.kind === 'sdk' ? 'aws-sdk:' : '';
  return { resourceType: `${prefix}${resource.service}`, resource: resource.action };
}

function keyOf<K extends string>(record: Record<K, unknown>, key: string): K | undefined {
  return Object.hasOwn(record, key) ? (key as K) : undefined;
}
