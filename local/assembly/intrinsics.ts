import { TemplateError } from './template-error.ts';

/** What intrinsic functions can refer to, in one stack. */
export interface Scope {
  stackName: string;
  /** Parameters and pseudo parameters. */
  parameters: ReadonlyMap<string, string | string[]>;
  /** Resources provisioned so far. */
  resources: ReadonlyMap<string, { ref: string; attributes: Record<string, string> }>;
  mappings: Record<string, Record<string, Record<string, unknown>>>;
  /** Values that other stacks export. */
  exports: ReadonlyMap<string, string>;
  /** @throws TemplateError if there is no such condition */
  condition(name: string, where: string): boolean;
}

/** `Ref: AWS::NoValue`: the property or array element is as if it were not there. */
export const NO_VALUE = Symbol('AWS::NoValue');

/** The name and argument of an intrinsic function; undefined for any other value. */
export function intrinsicOf(value: object, where: string): { name: string; argument: unknown } | undefined {
  const keys = Object.keys(value);
  const name = keys.find((key) => key === 'Ref' || key.startsWith('Fn::'));
  if (name === undefined) return undefined;
  if (keys.length > 1) {
    if (name === 'Ref') return undefined; // A property that happens to be named so.
    throw new TemplateError(where, `${name} stands beside other keys (${keys.join(', ')})`);
  }
  return { name, argument: Object.values(value)[0] };
}

/**
 * Replaces every intrinsic function in `value`, at any depth.
 * @param where names the value in errors: `Stack Orders, resource Table, Properties.TableName`
 * @throws TemplateError for an unknown function or name, or arguments of the wrong form
 */
export function resolve(value: unknown, scope: Scope, where: string): unknown {
  if (typeof value === 'string') return plainString(value, where);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    return value.map((each, index) => resolve(each, scope, `${where}.${index}`)).filter((each) => each !== NO_VALUE);
  }
  const intrinsic = intrinsicOf(value, where);
  if (intrinsic) {
    const apply = FUNCTIONS[intrinsic.name];
    if (!apply) throw new TemplateError(where, `unknown intrinsic function ${intrinsic.name}`);
    return apply(intrinsic.argument, scope, where);
  }
  const resolved: Record<string, unknown> = {};
  for (const [key, each] of Object.entries(value)) {
    const result = resolve(each, scope, `${where}.${key}`);
    if (result !== NO_VALUE) resolved[key] = result;
  }
  return resolved;
}

/** As `resolve`, for a place that must hold text. */
export function resolveText(value: unknown, scope: Scope, where: string): string {
  const text = resolve(value, scope, where);
  if (typeof text === 'string') return text;
  if (typeof text === 'number' || typeof text === 'boolean') return String(text);
  throw new TemplateError(where, `expected text, found ${JSON.stringify(text) ?? 'nothing'}`);
}

type Apply = (argument: unknown, scope: Scope, where: string) => unknown;

// No prototype: `Fn::` names come from the template.
const FUNCTIONS: Record<string, Apply> = Object.assign(Object.create(null), {
  Ref: (argument, scope, where) => reference(resolveText(argument, scope, where), scope, where),
  'Fn::GetAtt': (argument, scope, where) => {
    const [logicalId, attribute] =
      typeof argument === 'string' ? splitAtFirstDot(argument) : twoOf(argument, where, 'Fn::GetAtt');
    return attributeOf(resolveText(logicalId, scope, where), resolveText(attribute, scope, where), scope, where);
  },
  'Fn::Join': (argument, scope, where) => {
    const [separator, parts] = twoOf(argument, where, 'Fn::Join');
    return listOf(parts, scope, where, 'Fn::Join').join(resolveText(separator, scope, where));
  },
  'Fn::Split': (argument, scope, where) => {
    const [separator, text] = twoOf(argument, where, 'Fn::Split');
    return resolveText(text, scope, where).split(resolveText(separator, scope, where));
  },
  'Fn::Select': (argument, scope, where) => {
    const [index, list] = twoOf(argument, where, 'Fn::Select');
    const chosen = listOf(list, scope, where, 'Fn::Select')[Number(resolveText(index, scope, where))];
    if (chosen === undefined) throw new TemplateError(where, `Fn::Select has no element ${JSON.stringify(index)}`);
    return chosen;
  },
  'Fn::Sub': substitute,
  'Fn::ImportValue': (argument, scope, where) => {
    const name = resolveText(argument, scope, where);
    const value = scope.exports.get(name);
    if (value === undefined) throw new TemplateError(where, `no stack before this one exports ${name}`);
    return value;
  },
  'Fn::FindInMap': (argument, scope, where) => {
    if (!Array.isArray(argument) || argument.length !== 3)
      throw new TemplateError(where, 'Fn::FindInMap takes three values');
    const [map, top, second] = argument.map((each) => resolveText(each, scope, where));
    const found = scope.mappings[map!]?.[top!]?.[second!];
    if (found === undefined) throw new TemplateError(where, `no mapping ${map}.${top}.${second}`);
    return found;
  },
  'Fn::If': (argument, scope, where) => resolve(branchTaken(argument, scope, where), scope, where),
} satisfies Record<string, Apply>);

export const intrinsicNames: readonly string[] = Object.keys(FUNCTIONS);

/** The branch of an `Fn::If` that counts. */
export function branchTaken(argument: unknown, scope: Pick<Scope, 'condition'>, where: string): unknown {
  if (!Array.isArray(argument) || argument.length !== 3 || typeof argument[0] !== 'string') {
    throw new TemplateError(where, 'Fn::If takes the name of a condition and two values');
  }
  return scope.condition(argument[0], where) ? argument[1] : argument[2];
}

function substitute(argument: unknown, scope: Scope, where: string): string {
  const [text, variables] = typeof argument === 'string' ? [argument, {}] : twoOf(argument, where, 'Fn::Sub');
  if (typeof text !== 'string' || typeof variables !== 'object' || variables === null) {
    throw new TemplateError(where, 'Fn::Sub takes a string, or a string and a map');
  }
  const own = new Map(Object.entries(variables));
  return text.replace(/\$\{(!?)([^}]*)\}/g, (_, literal: string, name: string) => {
    if (literal) return `\${${name}}`;
    const key = name.trim();
    if (own.has(key)) return resolveText(own.get(key), scope, `${where}.${key}`);
    if (!key.includes('.')) return textOf(reference(key, scope, where), where);
    const [logicalId, attribute] = splitAtFirstDot(key);
    return attributeOf(logicalId, attribute, scope, where);
  });
}

function reference(name: string, scope: Scope, where: string): unknown {
  if (name === 'AWS::NoValue') return NO_VALUE;
  const value = scope.parameters.get(name) ?? scope.resources.get(name)?.ref;
  if (value === undefined) throw new TemplateError(where, `Ref ${name} is no parameter, pseudo parameter or resource`);
  return value;
}

function attributeOf(logicalId: string, attribute: string, scope: Scope, where: string): string {
  const resource = scope.resources.get(logicalId);
  if (!resource) throw new TemplateError(where, `Fn::GetAtt: there is no resource ${logicalId}`);
  const value = Object.hasOwn(resource.attributes, attribute) ? resource.attributes[attribute] : undefined;
  if (value === undefined)
    throw new TemplateError(where, `Fn::GetAtt: ${logicalId} has no attribute ${attribute} here`);
  return value;
}

function listOf(value: unknown, scope: Scope, where: string, name: string): string[] {
  const list = resolve(value, scope, where);
  if (!Array.isArray(list)) throw new TemplateError(where, `${name} takes a list`);
  return list.map((each, index) => textOf(each, `${where}.${index}`));
}

function textOf(value: unknown, where: string): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new TemplateError(where, `expected text, found ${JSON.stringify(value) ?? 'no value'}`);
}

function twoOf(argument: unknown, where: string, name: string): [unknown, unknown] {
  if (!Array.isArray(argument) || argument.length !== 2) throw new TemplateError(where, `${name} takes two values`);
  return [argument[0], argument[1]];
}

function splitAtFirstDot(text: string): [string, string] {
  const dot = text.indexOf('.');
  return dot < 0 ? [text, ''] : [text.slice(0, dot), text.slice(dot + 1)];
}

function plainString(text: string, where: string): string {
  if (text.includes('{{resolve:')) throw new TemplateError(where, `dynamic reference ${text} is not supported`);
  return text;
}
