import jsonata from 'jsonata';
import type { Json } from '../kernel/kernel.ts';
import { EvaluationError } from './errors.ts';
import { registerStatesFunctions, SURROUNDINGS, type Surroundings } from './functions.ts';

/** A value of the definition that may hold expressions, ready to be evaluated many times. */
interface Template {
  /** Answers without a promise where that is exactly what JSONata would give; SLOW otherwise. */
  quick(bindings: Bindings): Json | typeof SLOW;
  slow(bindings: Bindings, field: string): Promise<Json>;
}

/** The variables an expression sees: the machine's own and `states`. */
export type Bindings = Record<string, unknown>;

const SLOW = Symbol('needs JSONata');

/** An expression is a string that starts with `{%` and ends with `%}`, nothing outside; any other string is a literal. */
export function expressionSource(value: Json | undefined): string | undefined {
  if (typeof value !== 'string' || !value.startsWith('{%') || !value.endsWith('%}') || value.length < 4)
    return undefined;
  return value.slice(2, -2).trim();
}

export function withSurroundings(bindings: Bindings, surroundings: Surroundings): Bindings {
  return { ...bindings, [SURROUNDINGS]: surroundings };
}

/**
 * Evaluates a field of a state, at whatever depth it holds expressions.
 * @param field the field's name as errors give it: `Output`, `Choices[0]/Condition`
 * @throws EvaluationError
 */
export async function evaluate(value: Json, field: string, bindings: Bindings): Promise<Json> {
  return resolve(templateOf(value), bindings, field);
}

async function resolve(template: Template, bindings: Bindings, field: string): Promise<Json> {
  const quick = template.quick(bindings);
  return quick === SLOW ? template.slow(bindings, field) : quick;
}

/** By their text. Definitions hold some hundreds; TestState takes any number of others. */
const expressions = new Map<string, Template>();
const MOST_EXPRESSIONS = 5000;
const composites = new WeakMap<object, Template>();

function templateOf(value: Json): Template {
  if (typeof value === 'string') {
    const source = expressionSource(value);
    if (source === undefined) return literal(value);
    let template = expressions.get(source);
    if (!template) {
      template = compile(source);
      if (expressions.size >= MOST_EXPRESSIONS) expressions.clear();
      expressions.set(source, template);
    }
    return template;
  }
  if (typeof value !== 'object' || value === null) return literal(value);
  let template = composites.get(value);
  if (!template) {
    template = Array.isArray(value) ? listOf(value) : objectOf(value);
    composites.set(value, template);
  }
  return template;
}

function literal(value: Json): Template {
  return { quick: () => value, slow: async () => value };
}

function hasExpression(value: Json): boolean {
  if (typeof value === 'string') return expressionSource(value) !== undefined;
  return typeof value === 'object' && value !== null && Object.values(value).some(hasExpression);
}

function listOf(values: Json[]): Template {
  if (!hasExpression(values)) return literal(values);
  const parts = values.map(templateOf);
  return {
    quick(bindings) {
      const result: Json[] = [];
      for (const part of parts) {
        const value = part.quick(bindings);
        if (value === SLOW) return SLOW;
        result.push(value);
      }
      return result;
    },
    async slow(bindings, field) {
      const result: Json[] = [];
      for (const [index, part] of parts.entries()) result.push(await resolve(part, bindings, `${field}[${index}]`));
      return result;
    },
  };
}

function objectOf(values: { [key: string]: Json }): Template {
  if (!hasExpression(values)) return literal(values);
  const parts = Object.entries(values).map(([key, value]) => [key, templateOf(value)] as const);
  return {
    quick(bindings) {
      const result: Record<string, Json> = {};
      for (const [key, part] of parts) {
        const value = part.quick(bindings);
        if (value === SLOW) return SLOW;
        result[key] = value;
      }
      return result;
    },
    async slow(bindings, field) {
      const result: Record<string, Json> = {};
      for (const [key, part] of parts) result[key] = await resolve(part, bindings, `${field}/${key}`);
      return result;
    },
  };
}

function compile(source: string): Template {
  const compiled = jsonata(source);
  registerStatesFunctions(compiled);
  return {
    quick: quickPath(compiled.ast()) ?? (() => SLOW),
    async slow(bindings, field) {
      const where = `The JSONata expression '${source}' specified for the field '${field}'`;
      let result: unknown;
      try {
        result = await compiled.evaluate(undefined, bindings);
      } catch (error) {
        throw new EvaluationError(field, `${where} threw an error during evaluation. ${describe(error)}`);
      }
      if (result === undefined) throw new EvaluationError(field, `${where} returned nothing (undefined).`);
      if (isFunction(result)) throw new EvaluationError(field, `${where} returned an unsupported result type.`);
      return plain(result);
    },
  };
}

/** `T1006: Attempted to invoke a non-function`, as AWS prints JSONata's errors. */
function describe(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  const message = 'message' in error ? String(error.message) : '';
  return 'code' in error ? `${String(error.code)}: ${message}` : message;
}

function isFunction(value: unknown): boolean {
  return (
    typeof value === 'function' ||
    (typeof value === 'object' && value !== null && ('_jsonata_lambda' in value || '_jsonata_function' in value))
  );
}

/** Through JSON: drops the flags that JSONata hangs on its sequences, and makes what leaves an expression nobody else's. */
function plain(value: unknown): Json {
  return typeof value === 'object' && value !== null ? JSON.parse(JSON.stringify(value)) : (value as Json);
}

type Quick = (bindings: Bindings) => Json | typeof SLOW;

/**
 * Most expressions of a workflow are `$variable` or `$states.input.orderId`. Where every step but the last finds a plain object that has the key itself,
 * JSONata's path is plain property access; at anything else (an array to map over, a missing key, null) JSONata decides.
 */
function quickPath(ast: unknown): Quick | undefined {
  const keys = plainPath(ast);
  if (!keys) return undefined;
  return (bindings) => {
    let value: unknown = bindings;
    for (const key of keys) {
      if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, key))
        return SLOW;
      value = (value as Record<string, unknown>)[key];
    }
    return value === undefined || typeof value === 'function' ? SLOW : (value as Json);
  };
}

const STEP_KEYS = new Set(['type', 'value', 'position']);

/** The keys of an AST that is a variable followed by names and nothing else: no predicate, index, sort, grouping or `[]`. */
function plainPath(ast: unknown): string[] | undefined {
  if (typeof ast !== 'object' || ast === null) return undefined;
  const isPath = 'type' in ast && ast.type === 'path' && 'steps' in ast && Array.isArray(ast.steps);
  if (isPath && Object.keys(ast).some((key) => key !== 'type' && key !== 'steps')) return undefined;
  const steps: unknown[] = isPath && 'steps' in ast && Array.isArray(ast.steps) ? ast.steps : [ast];
  const keys: string[] = [];
  for (const [index, step] of steps.entries()) {
    if (typeof step !== 'object' || step === null || !('type' in step) || !('value' in step)) return undefined;
    if (step.type !== (index === 0 ? 'variable' : 'name') || typeof step.value !== 'string') return undefined;
    if (Object.keys(step).some((key) => !STEP_KEYS.has(key))) return undefined;
    if (index === 0 && (step.value === '' || step.value === '$')) return undefined;
    keys.push(step.value);
  }
  return keys;
}
