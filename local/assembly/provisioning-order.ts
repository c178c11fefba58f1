import { branchTaken, intrinsicOf, type Scope } from './intrinsics.ts';
import type { Template, TemplateResource } from './template.ts';
import { TemplateError } from './template-error.ts';

/**
 * The logical ids of a stack's resources, each after those it refers to or depends on; otherwise in the template's order. Resources whose
 * condition is false are left out.
 * @throws TemplateError for a circle
 */
export function provisioningOrder(
  stackName: string,
  resources: Template['Resources'],
  condition: Scope['condition'],
): string[] {
  const order: string[] = [];
  const state = new Map<string, 'visiting' | 'done'>();
  const visit = (id: string, path: string[]) => {
    const resource = Object.hasOwn(resources, id) ? resources[id] : undefined;
    if (!resource || state.get(id) === 'done') return;
    const where = `Stack ${stackName}, resource ${id}`;
    if (resource.Condition !== undefined && !condition(resource.Condition, where)) return;
    if (state.get(id) === 'visiting') {
      throw new TemplateError(where, `circular dependency: ${[...path.slice(path.indexOf(id)), id].join(' -> ')}`);
    }
    state.set(id, 'visiting');
    for (const next of dependenciesOf(resource, condition, where)) visit(next, [...path, id]);
    state.set(id, 'done');
    order.push(id);
  };
  for (const id of Object.keys(resources)) visit(id, []);
  return order;
}

function dependenciesOf(resource: TemplateResource, condition: Scope['condition'], where: string): Set<string> {
  const names = new Set<string>([resource.DependsOn ?? []].flat());
  collect(resource.Properties, names, condition, where);
  return names;
}

function collect(value: unknown, names: Set<string>, condition: Scope['condition'], where: string): void {
  if (typeof value !== 'object' || value === null) return;
  const intrinsic = Array.isArray(value) ? undefined : intrinsicOf(value, where);
  if (!intrinsic) {
    for (const each of Object.values(value)) collect(each, names, condition, where);
    return;
  }
  const { name, argument } = intrinsic;
  const first = Array.isArray(argument) ? argument[0] : argument;
  if (name === 'Ref' && typeof first === 'string') names.add(first);
  else if (name === 'Fn::GetAtt' && typeof first === 'string') names.add(first.split('.')[0]!);
  else if (name === 'Fn::If') collect(branchTaken(argument, { condition }, where), names, condition, where);
  else {
    if (name === 'Fn::Sub' && typeof first === 'string') {
      for (const [, variable] of first.matchAll(/\$\{([^!}][^}]*)\}/g)) names.add(variable!.trim().split('.')[0]!);
    }
    collect(argument, names, condition, where);
  }
}
