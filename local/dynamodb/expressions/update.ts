import { type AttributeValue, type Item, typeOf } from '../attribute-value.ts';
import { addNumbers } from '../decimal.ts';
import { validation } from '../request.ts';
import { type Compiler, isOperation, member, type Operand } from './condition.ts';
import type { Node, Path, UpdateSection } from './syntax.ts';

/** The item after the update; the given one is left as it was. Throws AWS's ValidationException. */
export type Update = (item: Item, values: Item) => Item;

interface Action {
  type: UpdateSection['type'];
  path: Path;
  /** Of `set`, `add` and `delete`. Evaluated on the item as it was before the update. */
  value: Operand | undefined;
}

const WRONG_TYPE = 'An operand in the update expression has an incorrect data type';
const NO_PARENT = 'The document path provided in the update expression is invalid for update';
const NO_ATTRIBUTE = 'The provided expression refers to an attribute that does not exist in the item';

export function compileUpdate(sections: UpdateSection[], compiler: Compiler): Update {
  const actions: Action[] = sections.map(({ type, path, val }) => ({
    type,
    path,
    value: val === undefined ? undefined : setOperand(val, compiler),
  }));
  return (item, values) => {
    const operands = actions.map(({ value }) => value?.(item, values));
    const draft = new Draft(item);
    for (const [index, { type, path }] of actions.entries()) {
      const parent = draft.parent(path);
      const step = path[path.length - 1]!;
      const operand = operands[index];
      if (type === 'remove') draft.remove(parent, step);
      else if (operand === undefined) throw validation(NO_ATTRIBUTE);
      else if (type === 'set') draft.put(parent, step, operand);
      else if (type === 'add') draft.put(parent, step, added(member(parent, step), operand));
      else deleteFromSet(draft, parent, step, operand);
    }
    return draft.finish();
  };
}

function setOperand(node: Node, compiler: Compiler): Operand {
  if (!isOperation(node)) {
    const operand = compiler.operand(node);
    return (item, values) => operand(item, values) ?? fail(NO_ATTRIBUTE);
  }
  const [first, second] = [node.args[0]!, node.args[1]!];
  if (node.name === 'if_not_exists') {
    const existing = compiler.operand(first);
    const fallback = setOperand(second, compiler);
    return (item, values) => existing(item, values) ?? fallback(item, values);
  }
  const [left, right] = [setOperand(first, compiler), setOperand(second, compiler)];
  if (node.name === 'list_append') {
    return (item, values) => {
      const [head, tail] = [left(item, values)?.L, right(item, values)?.L];
      return head && tail ? { L: [...head, ...tail] } : fail(WRONG_TYPE);
    };
  }
  const subtract = node.type === 'subtract';
  return (item, values) => {
    const [a, b] = [left(item, values)?.N, right(item, values)?.N];
    return a !== undefined && b !== undefined ? { N: addNumbers(a, b, subtract) } : fail(WRONG_TYPE);
  };
}

function fail(message: string): never {
  throw validation(message);
}

function added(existing: AttributeValue | undefined, operand: AttributeValue): AttributeValue {
  if (existing && typeOf(existing) !== typeOf(operand)) throw validation(WRONG_TYPE);
  if (operand.N !== undefined) return { N: addNumbers(existing?.N ?? '0', operand.N) };
  if (operand.SS) return { SS: union(existing?.SS, operand.SS) };
  if (operand.NS) return { NS: union(existing?.NS, operand.NS) };
  if (operand.BS) return { BS: union(existing?.BS, operand.BS) };
  throw validation(WRONG_TYPE);
}

function union(a: string[] | undefined, b: string[]): string[] {
  return [...new Set([...(a ?? []), ...b])];
}

function deleteFromSet(draft: Draft, parent: AttributeValue, step: string | number, operand: AttributeValue): void {
  const existing = member(parent, step);
  if (existing === undefined) return;
  if (typeOf(existing) !== typeOf(operand)) throw validation(WRONG_TYPE);
  const gone = new Set(operand.SS ?? operand.NS ?? operand.BS);
  const left = (existing.SS ?? existing.NS ?? existing.BS ?? []).filter((one) => !gone.has(one));
  if (left.length === 0) draft.remove(parent, step);
  else draft.put(parent, step, existing.SS ? { SS: left } : existing.NS ? { NS: left } : { BS: left });
}

/**
 * An item being changed: maps and lists are copied before the first change to them. List positions mean those of before the
 * update, whatever else it removes or appends, so lists get their final form at the end.
 */
class Draft {
  readonly #root: { M: Item };
  readonly #own = new Set<AttributeValue>();
  readonly #removed = new Map<AttributeValue, Set<number>>();
  readonly #appended = new Map<AttributeValue, { position: number; value: AttributeValue }[]>();

  constructor(item: Item) {
    this.#root = { M: { ...item } };
  }

  /** The map or list that holds the last step of `path`, ready to be changed. */
  parent(path: Path): AttributeValue {
    let holder: AttributeValue = this.#root;
    for (const step of path.slice(0, -1)) {
      const child = member(holder, step);
      if (!child?.M && !child?.L) throw validation(NO_PARENT);
      holder = this.#ownCopy(holder, step, child);
    }
    const last = path[path.length - 1];
    if (typeof last === 'number' ? !holder.L : !holder.M) throw validation(NO_PARENT);
    return holder;
  }

  put(parent: AttributeValue, step: string | number, value: AttributeValue): void {
    if (typeof step === 'string') {
      parent.M![step] = value;
    } else if (step < parent.L!.length) {
      parent.L![step] = value;
    } else {
      const appended = this.#appended.get(parent) ?? [];
      this.#appended.set(parent, [...appended, { position: step, value }]);
    }
  }

  remove(parent: AttributeValue, step: string | number): void {
    if (typeof step === 'string') delete parent.M![step];
    else this.#removed.set(parent, (this.#removed.get(parent) ?? new Set<number>()).add(step));
  }

  finish(): Item {
    for (const [list, positions] of this.#removed) {
      list.L = list.L!.filter((_value, position) => !positions.has(position));
    }
    for (const [list, values] of this.#appended) {
      list.L!.push(...values.sort((a, b) => a.position - b.position).map(({ value }) => value));
    }
    return this.#root.M;
  }

  #ownCopy(holder: AttributeValue, step: string | number, child: AttributeValue): AttributeValue {
    if (this.#own.has(child)) return child;
    const copy: AttributeValue = child.M ? { M: { ...child.M } } : { L: [...child.L!] };
    this.#own.add(copy);
    if (typeof step === 'number') holder.L![step] = copy;
    else holder.M![step] = copy;
    return copy;
  }
}
