import type { Kernel, Resource, ResourceHandler, Service } from '../kernel/kernel.ts';
import type { Assembly, Stack } from './assembly.ts';
import { conditionsOf } from './conditions.ts';
import { IGNORED_RESOURCES } from './ignored-resources.ts';
import { resolve, resolveText, type Scope } from './intrinsics.ts';
import { parameterValues } from './parameters.ts';
import { checkProperties } from './property-paths.ts';
import { provisioningOrder } from './provisioning-order.ts';
import { TemplateError } from './template-error.ts';

export interface ProvisionedResource extends Resource {
  ref: string;
  attributes: Record<string, string>;
}

export interface Provisioned {
  /** In the order they were made. */
  resources: ProvisionedResource[];
  /** Outputs of all stacks by key. */
  outputs: Record<string, string>;
}

export interface ProvisionOptions {
  services: Iterable<Service>;
  /** Values for parameters by name, for every stack that has one of that name. */
  parameters?: Record<string, string>;
  /** Called after each resource; throws to refuse it. */
  check?(resource: ProvisionedResource): void;
}

type Target = Pick<Kernel, 'region' | 'account' | 'storage'>;

/**
 * Creates everything the assembly's templates say, or finds it again after a restart: each stack in one storage write, in order of
 * dependency.
 * @throws TemplateError naming stack, logical id and path for whatever this machine does not run as AWS would
 */
export async function provision(assembly: Assembly, target: Target, options: ProvisionOptions): Promise<Provisioned> {
  const handlers = handlersByType(options.services);
  refuseUnknownParameters(assembly, options.parameters ?? {});
  const exports = new Map<string, string>();
  const outputs = new Map<string, string>();
  const resources: ProvisionedResource[] = [];
  for (const stack of assembly.stacks) {
    const scope = scopeOf(stack, target, exports, options.parameters ?? {});
    await target.storage.write(() => {
      for (const resource of provisionStack(stack, scope, handlers, target)) {
        scope.resources.set(resource.logicalId, resource);
        resources.push(resource);
        options.check?.(resource);
      }
    });
    addOutputs(stack, scope, exports, outputs);
  }
  return { resources, outputs: Object.fromEntries(outputs) };
}

interface StackScope extends Scope {
  resources: Map<string, ProvisionedResource>;
}

function scopeOf(
  stack: Stack,
  { region, account }: Target,
  exports: Map<string, string>,
  overrides: Record<string, string>,
): StackScope {
  const { template, name } = stack;
  const parameters = parameterValues(name, template.Parameters, overrides);
  for (const [pseudo, value] of [
    ['AWS::AccountId', account],
    ['AWS::Region', region],
    ['AWS::Partition', 'aws'],
    ['AWS::URLSuffix', 'amazonaws.com'],
    ['AWS::StackName', name],
    ['AWS::StackId', `arn:aws:cloudformation:${region}:${account}:stack/${name}/00000000-0000-4000-8000-000000000000`],
  ] as const) {
    parameters.set(pseudo, value);
  }
  const scope: StackScope = {
    stackName: name,
    parameters,
    resources: new Map(),
    mappings: template.Mappings,
    exports,
    condition: conditionsOf(template.Conditions, () => scope, name),
  };
  return scope;
}

function* provisionStack(
  stack: Stack,
  scope: Scope,
  handlers: Map<string, ResourceHandler>,
  target: Target,
): Generator<ProvisionedResource> {
  const { Resources } = stack.template;
  for (const logicalId of provisioningOrder(stack.name, Resources, scope.condition)) {
    const { Type: type, Properties } = Resources[logicalId]!;
    const where = `Stack ${stack.name}, resource ${logicalId}`;
    const handler = handlers.get(type);
    const ignored = IGNORED_RESOURCES.get(type);
    if (!handler && !ignored) throw new TemplateError(where, `resource type ${type} is not supported on one machine`);
    const properties: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(Properties)) {
      const resolved = resolve(value, scope, `${where}, Properties.${key}`);
      if (typeof resolved !== 'symbol') properties[key] = resolved;
    }
    const resource: Resource = { logicalId, type, stackName: stack.name, properties };
    if (handler) checkProperties(handler, properties, where);
    yield {
      ...resource,
      ...(handler ? named(where, () => handler.provision(resource)) : ignored!.provision(resource, target)),
    };
  }
}

/** Runs a handler; what it throws says which resource it was about. */
function named<T>(where: string, provisionOne: () => T): T {
  try {
    return provisionOne();
  } catch (error) {
    if (error instanceof TemplateError) throw error;
    throw new TemplateError(where, error instanceof Error ? error.message : String(error));
  }
}

function handlersByType(services: Iterable<Service>): Map<string, ResourceHandler> {
  const handlers = new Map<string, ResourceHandler>();
  for (const service of services) {
    for (const handler of service.resources) {
      if (handlers.has(handler.type)) throw new Error(`Two services provide ${handler.type}`);
      handlers.set(handler.type, handler);
    }
  }
  return handlers;
}

function refuseUnknownParameters(assembly: Assembly, overrides: Record<string, string>): void {
  for (const name of Object.keys(overrides)) {
    if (!assembly.stacks.some(({ template }) => Object.hasOwn(template.Parameters, name))) {
      throw new Error(`No stack has a parameter ${name}`);
    }
  }
}

function addOutputs(stack: Stack, scope: Scope, exports: Map<string, string>, outputs: Map<string, string>): void {
  for (const [key, output] of Object.entries(stack.template.Outputs)) {
    const where = `Stack ${stack.name}, Outputs.${key}`;
    if (output.Condition !== undefined && !scope.condition(output.Condition, where)) continue;
    const value = resolveText(output.Value, scope, where);
    if (outputs.has(key) && outputs.get(key) !== value)
      throw new TemplateError(where, 'another stack has an output of that key');
    outputs.set(key, value);
    if (!output.Export) continue;
    const name = resolveText(output.Export.Name, scope, `${where}.Export.Name`);
    if (exports.has(name)) throw new TemplateError(where, `another output is exported as ${name}`);
    exports.set(name, value);
  }
}
