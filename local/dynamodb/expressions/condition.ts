import { type AttributeValue, attribute, type Item, sameValue, typeOf } from '../attribute-value.ts';
import { validation } from '../request.ts';
import { beginsWith, betweenProblem, contains, order, sizeOf } from './compare.ts';
import type { Node, Operation, Path } from './syntax.ts';

export type Predicate = (item: Item, values: Item) => boolean;
export type Operand = (item: Item, values: Item) => AttributeValue | undefined;
/** Refuses values that the parser refused to see in this place: the parser runs once for many requests. */
export type ValueCheck = (values: Item) => void;

/** Compiles the syntax trees of one request's expressions; values are bound at each call by their names. */
export class Compiler {
  readonly checks: ValueCheck[] = [];
  readonly #nameOf: Map<AttributeValue, string>;
  readonly #parameter: string;

  constructor(values: Item, parameter: string) {
    this.#nameOf = new Map(Object.entries(values).map(([name, value]) => [value, name]));
    this.#parameter = parameter;
  }

  predicate(operation: Operation): Predicate {
    const { type, args } = operation;
    if (type === 'and' || type === 'or' || type === 'not') return this.#logical(operation);
    if (type === 'function') return this.#function(operation);
    const [first, second, third] = args.map((arg) => this.operand(arg)) as [Operand, Operand, Operand];
    if (type === 'between') {
      this.#checkBounds(args[1]!, args[2]!);
      return (item, values) => {
        const value = first(item, values);
        const low = order(value, second(item, values));
        const high = order(value, third(item, values));
        return low !== undefined && high !== undefined && low >= 0 && high <= 0;
      };
    }
    if (type === 'in') {
      const choices = args.slice(1).map((arg) => this.operand(arg));
      return (item, values) => {
        const value = first(item, values);
        return value !== undefined && choices.some((choice) => equal(value, choice(item, values)));
      };
    }
    return comparison(type, first, second);
  }

  operand(node: Node): Operand {
    if (Array.isArray(node)) return pathOperand(node);
    if (isOperation(node)) {
      if (node.name !== 'size') throw new Error(`An operand can not be ${node.type} ${node.name}`);
      const argument = this.operand(node.args[0]!);
      return (item, values) => sizeOf(argument(item, values));
    }
    const name = this.valueName(node);
    return (_item, values) => values[name];
  }

  valueName(value: AttributeValue): string {
    const name = this.#nameOf.get(value);
    if (name === undefined) throw new Error('The parser made up a value');
    return name;
  }

  #logical({ type, args }: Operation): Predicate {
    const [left, right] = args.map((arg) => this.predicate(arg as Operation)) as [Predicate, Predicate];
    if (type === 'and') return (item, values) => left(item, values) && right(item, values);
    if (type === 'or') return (item, values) => left(item, values) || right(item, values);
    return (item, values) => !left(item, values);
  }

  #function({ name, args }: Operation): Predicate {
    const [first, second] = args.map((arg) => this.operand(arg)) as [Operand, Operand];
    switch (name) {
      case 'attribute_exists':
        return (item, values) => first(item, values) !== undefined;
      case 'attribute_not_exists':
        return (item, values) => first(item, values) === undefined;
      case 'attribute_type':
        this.#checkTypeName(second);
        return (item, values) => typeOf(first(item, values) ?? {}) === second(item, values)?.S;
      case 'begins_with':
        return (item, values) => beginsWith(first(item, values), second(item, values));
      case 'contains':
        return (item, values) => contains(first(item, values), second(item, values));
      default:
        throw validation(`Invalid ${this.#parameter}: Invalid function name; function: ${name}`);
    }
  }

  #checkBounds(low: Node, high: Node): void {
    if (Array.isArray(low) || Array.isArray(high) || isOperation(low) || isOperation(high)) return;
    for (const type of [low, high].map(typeOf)) {
      if (type === 'S' || type === 'N' || type === 'B') continue;
      throw validation(
        `Invalid ${this.#parameter}: Incorrect operand type for operator or function; operator or function: BETWEEN, ` +
          `operand type: ${type}`,
      );
    }
    const [lowName, highName] = [this.valueName(low), this.valueName(high)];
    this.checks.push((values) => {
      const problem = betweenProblem(values[lowName]!, values[highName]!);
      if (problem) throw validation(`Invalid ${this.#parameter}: ${problem}`);
    });
  }

  #checkTypeName(operand: Operand): void {
    this.checks.push((values) => {
      const type = operand({}, values)?.S ?? '';
      if (!['S', 'N', 'B', 'NULL', 'SS', 'BOOL', 'L', 'BS', 'NS', 'M'].includes(type)) {
        throw validation(
          `Invalid ${this.#parameter}: Invalid attribute type name found; type: ${type}, ` +
            'valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}',
        );
      }
    });
  }
}

export function isOperation(node: Node): node is Operation {
  return !Array.isArray(node) && 'type' in node;
}

export function pathOperand(path: Path): Operand {
  const [head, ...rest] = path;
  const name = String(head);
  if (rest.length === 0) return (item) => attribute(item, name);
  return (item) => {
    let value = attribute(item, name);
    for (const step of rest) {
      if (value === undefined) return undefined;
      value = member(value, step);
    }
    return value;
  };
}

export function member(value: AttributeValue, step: string | number): AttributeValue | undefined {
  if (typeof step === 'number') return value.L?.[step];
  return value.M && attribute(value.M, step);
}

function equal(a: AttributeValue | undefined, b: AttributeValue | undefined): boolean {
  return a !== undefined && b !== undefined && sameValue(a, b);
}

function comparison(type: string, left: Operand, right: Operand): Predicate {
  if (type === '=') return (item, values) => equal(left(item, values), right(item, values));
  // A missing attribute is unequal to everything.
  if (type === '<>') return (item, values) => !equal(left(item, values), right(item, values));
  const holds = { '<': (n: number) => n < 0, '<=': (n: number) => n <= 0, '>': (n: number) => n > 0 }[type];
  const test = holds ?? ((n: number) => n >= 0);
  return (item, values) => {
    const result = order(left(item, values), right(item, values));
    return result !== undefined && test(result);
  };
}
