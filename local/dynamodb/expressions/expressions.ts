import { AwsError } from '../../kernel/errors.ts';
import { type Item, readValue, typeOf } from '../attribute-value.ts';
import { type Input, optionalRecord, optionalString, readStrings, validation } from '../request.ts';
import { Compiler, type Predicate, type ValueCheck } from './condition.ts';
import { compileProjection, type Projection } from './projection.ts';
import { type KeyCondition, type ParsedRequest, type Path, syntax } from './syntax.ts';
import { compileUpdate, type Update } from './update.ts';

const PARAMETERS = [
  'UpdateExpression',
  'ConditionExpression',
  'KeyConditionExpression',
  'FilterExpression',
  'ProjectionExpression',
] as const;

export type ExpressionParameter = (typeof PARAMETERS)[number];

/** A condition on a key attribute; `values` are names in ExpressionAttributeValues. */
export interface CompiledKeyCondition {
  operator: KeyCondition['ComparisonOperator'];
  values: string[];
}

/** The expressions of a request, ready to run on any item with any values of the same types. */
export interface Compiled {
  update?: { apply: Update; paths: Path[]; project: Projection; types: Map<string, string> };
  condition?: Predicate;
  keyConditions?: Map<string, CompiledKeyCondition>;
  filter?: { matches: Predicate; heads: Set<string> };
  projection?: { project: Projection; heads: Set<string> };
  /** Attributes used as maps or lists: none of them may be a key. */
  nested: string[];
  checks: ValueCheck[];
}

export interface Expressions extends Compiled {
  values: Item;
}

// Our functions and machines have a few dozen distinct requests; a page that lets people type filters has more.
const KEPT = 500;

/** Parses each distinct set of expressions once. Keeps two generations, so that what is in use survives. */
export class ExpressionCache {
  #young = new Map<string, Compiled>();
  #old = new Map<string, Compiled>();

  /** Reads the expression parameters of a request, of which only `allowed` have a meaning for the operation. */
  read(input: Input, allowed: ExpressionParameter[]): Expressions {
    const request: ParsedRequest = {};
    let key = allowed.join();
    for (const parameter of allowed) {
      request[parameter] = optionalString(input, parameter);
      // An empty expression is refused, an absent one is none.
      key += `\0${request[parameter] ?? '-'}`;
    }
    const names = optionalRecord(input, 'ExpressionAttributeNames');
    if (names) {
      const strings = readStrings(names, 'ExpressionAttributeNames');
      request.ExpressionAttributeNames = strings;
      key += `\0${JSON.stringify(strings)}`;
    }
    const values = readValues(input);
    if (values) {
      request.ExpressionAttributeValues = values;
      for (const name in values) key += `\0${name}${typeOf(values[name]!)}`;
    }
    return this.#compiled(key, request, allowed);
  }

  #compiled(key: string, request: ParsedRequest, allowed: ExpressionParameter[]): Expressions {
    const values = request.ExpressionAttributeValues ?? {};
    let compiled = this.#young.get(key);
    if (!compiled) {
      compiled = this.#old.get(key) ?? compile(request, allowed);
      if (this.#young.size >= KEPT) {
        this.#old = this.#young;
        this.#young = new Map();
      }
      this.#young.set(key, compiled);
    }
    for (const check of compiled.checks) check(values);
    return { ...compiled, values };
  }
}

function readValues(input: Input): Item | undefined {
  const given = optionalRecord(input, 'ExpressionAttributeValues');
  if (!given) return undefined;
  const values: Item = {};
  for (const name in given) {
    try {
      values[name] = readValue(given[name]);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      throw validation(`ExpressionAttributeValues contains invalid value: ${error.message} for key ${name}`);
    }
  }
  return values;
}

const UNORDERED_BOUND = /^(Invalid \w+: )The BETWEEN operator .* operand: AttributeValue: \{(NULL|BOOL|SS|NS|BS|L|M):/s;

/** The parser looks at the bounds of a BETWEEN together, AWS at each by itself first. */
function inNewerWords(problem: string | undefined): string | undefined {
  const [, expression, type] = UNORDERED_BOUND.exec(problem ?? '') ?? [];
  if (expression === undefined) return problem;
  return `${expression}Incorrect operand type for operator or function; operator or function: BETWEEN, operand type: ${type}`;
}

function refuse(problem: string | undefined): void {
  if (problem) throw validation(problem);
}

function compile(request: ParsedRequest, allowed: ExpressionParameter[]): Compiled {
  refuse(syntax.validateExpressionParams(request, allowed, []));
  refuse(inNewerWords(syntax.validateExpressions(request)));
  const values = request.ExpressionAttributeValues ?? {};
  const compiled: Compiled = { nested: [], checks: [] };
  const compiler = (parameter: ExpressionParameter) => {
    const made = new Compiler(values, parameter);
    return { made, keep: () => compiled.checks.push(...made.checks) };
  };
  const { _updates, _condition, _keyCondition, _filter, _projection } = request;
  for (const part of [_updates, _condition, _projection, _filter]) {
    if (part) compiled.nested.push(...Object.keys(part.nestedPaths));
  }
  if (_updates) {
    const { made } = compiler('UpdateExpression');
    const { sections, paths } = _updates;
    const types = sections.flatMap(({ path, attrType }): [string, string][] =>
      path.length === 1 && attrType ? [[String(path[0]), attrType]] : [],
    );
    const project = compileProjection(paths);
    compiled.update = { apply: compileUpdate(sections, made), paths, project, types: new Map(types) };
  }
  if (_condition) {
    const { made, keep } = compiler('ConditionExpression');
    compiled.condition = made.predicate(_condition.expression);
    keep();
  }
  if (_filter) {
    const { made, keep } = compiler('FilterExpression');
    compiled.filter = {
      matches: made.predicate(_filter.expression),
      heads: new Set(Object.keys(_filter.pathHeads)),
    };
    keep();
  }
  if (_keyCondition) {
    const { made, keep } = compiler('KeyConditionExpression');
    // Only for the checks of its values: what runs is the range made of the key conditions.
    made.predicate(_keyCondition.expression);
    keep();
    compiled.keyConditions = keyConditions(syntax.convertKeyCondition(_keyCondition.expression), made);
  }
  if (_projection) {
    const heads = new Set(_projection.paths.map(([head]) => String(head)));
    compiled.projection = { project: compileProjection(_projection.paths), heads };
  }
  return compiled;
}

function keyConditions(conditions: string | Record<string, KeyCondition>, compiler: Compiler) {
  if (typeof conditions === 'string') throw validation(conditions);
  refuse(syntax.validateConditions(conditions));
  const compiled = new Map<string, CompiledKeyCondition>();
  for (const [name, condition] of Object.entries(conditions)) {
    compiled.set(name, {
      operator: condition.ComparisonOperator,
      values: condition.AttributeValueList.map((value) => compiler.valueName(value)),
    });
  }
  if (compiled.size !== 1 && compiled.size !== 2) throw validation('Conditions can be of length 1 or 2 only');
  return compiled;
}
