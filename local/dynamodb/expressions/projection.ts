import { type AttributeValue, attribute, type Item } from '../attribute-value.ts';
import type { Path } from './syntax.ts';

export type Projection = (item: Item) => Item;

/** The wanted part of a value: all of it, some members of a map, or some positions of a list (in ascending order). */
type Wanted = 'all' | { members: Map<string, Wanted>; positions: [number, Wanted][] };

/** Keeps only what `paths` lead to. Lists keep the wanted members in their order, without gaps. */
export function compileProjection(paths: Path[]): Projection {
  const root = tree(paths);
  if (root === 'all') return (item) => item;
  return (item) => project({ M: item }, root)?.M ?? {};
}

function tree(paths: Path[]): Wanted {
  if (paths.some((path) => path.length === 0)) return 'all';
  const members = new Map<string, Path[]>();
  const positions = new Map<number, Path[]>();
  for (const [step, ...rest] of paths) {
    if (typeof step === 'number') positions.set(step, [...(positions.get(step) ?? []), rest]);
    else members.set(step!, [...(members.get(step!) ?? []), rest]);
  }
  return {
    members: new Map([...members].map(([name, rest]) => [name, tree(rest)])),
    positions: [...positions].sort(([a], [b]) => a - b).map(([position, rest]) => [position, tree(rest)]),
  };
}

function project(value: AttributeValue, wanted: Wanted): AttributeValue | undefined {
  if (wanted === 'all') return value;
  if (value.M !== undefined) {
    const kept: Item = {};
    let some = false;
    for (const [name, part] of wanted.members) {
      const found = attribute(value.M, name);
      const projected = found && project(found, part);
      if (projected === undefined) continue;
      kept[name] = projected;
      some = true;
    }
    return some ? { M: kept } : undefined;
  }
  if (value.L !== undefined) {
    const kept: AttributeValue[] = [];
    for (const [position, part] of wanted.positions) {
      const found = value.L[position];
      const projected = found && project(found, part);
      if (projected !== undefined) kept.push(projected);
    }
    return kept.length > 0 ? { L: kept } : undefined;
  }
  return undefined;
}
