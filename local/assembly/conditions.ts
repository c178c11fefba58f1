import { resolveText, type Scope } from './intrinsics.ts';
import { TemplateError } from './template-error.ts';

/**
 * The template's `Conditions`, evaluated on first use and remembered.
 * @param scope gives parameters and mappings; conditions cannot see resources
 */
export function conditionsOf(
  definitions: Record<string, unknown>,
  scope: () => Scope,
  stackName: string,
): (name: string, where: string) => boolean {
  const known = new Map<string, boolean | 'evaluating'>();
  return function condition(name, where) {
    const value = known.get(name);
    if (value === 'evaluating') throw new TemplateError(where, `condition ${name} depends on itself`);
    if (value !== undefined) return value;
    if (!Object.hasOwn(definitions, name)) throw new TemplateError(where, `there is no condition ${name}`);
    known.set(name, 'evaluating');
    const result = evaluate(definitions[name], scope(), `Stack ${stackName}, Conditions.${name}`);
    known.set(name, result);
    return result;
  };
}

function evaluate(value: unknown, scope: Scope, where: string): boolean {
  const [name, argument] = typeof value === 'object' && value ? (Object.entries(value)[0] ?? []) : [];
  const each = () => {
    if (!Array.isArray(argument)) throw new TemplateError(where, `${name} takes a list`);
    return argument;
  };
  switch (name) {
    case 'Condition':
      return scope.condition(String(argument), where);
    case 'Fn::Equals': {
      const [left, right, ...rest] = each();
      if (rest.length > 0) throw new TemplateError(where, 'Fn::Equals takes two values');
      return resolveText(left, scope, where) === resolveText(right, scope, where);
    }
    case 'Fn::Not':
      return !evaluate(each()[0], scope, where);
    case 'Fn::And':
      return each().every((one) => evaluate(one, scope, where));
    case 'Fn::Or':
      return each().some((one) => evaluate(one, scope, where));
    default:
      throw new TemplateError(where, `unknown condition function ${name ?? JSON.stringify(value)}`);
  }
}
