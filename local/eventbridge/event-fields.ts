import type { Json } from '../kernel/kernel.ts';

export type Leaf = string | number | boolean | null;

/** One leaf of an event, and in which element of which arrays it lies: `[array, element, array, element, …]`. */
export interface Field {
  value: Leaf;
  elements: number[];
}

/** An event as patterns look at it: dotted path -> the leaves there. Arrays add nothing to a path; empty ones and empty objects have no leaf. */
export type EventFields = Map<string, Field[]>;

export function fieldsOf(event: { [key: string]: Json }): EventFields {
  const fields: EventFields = new Map();
  let arrays = 0;
  const visit = (value: Json, path: string, elements: number[]): void => {
    if (Array.isArray(value)) {
      const array = arrays++;
      for (const [index, element] of value.entries()) visit(element, path, [...elements, array, index]);
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, member] of Object.entries(value))
        visit(member, path === '' ? name : `${path}.${name}`, elements);
    } else {
      const there = fields.get(path);
      if (there) there.push({ value, elements });
      else fields.set(path, [{ value, elements }]);
    }
  };
  visit(event, '', []);
  return fields;
}

/** Whether two leaves can belong to one reading of the event: in an array that both lie in, they lie in the same element. */
export function consistent(one: number[], other: number[]): boolean {
  for (let i = 0; i < one.length; i += 2) {
    for (let j = 0; j < other.length; j += 2) {
      if (one[i] === other[j] && one[i + 1] !== other[j + 1]) return false;
    }
  }
  return true;
}
