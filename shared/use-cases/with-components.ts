import type { Sku } from '../domain/ids.ts';
import type { Component } from '../domain/kit.ts';
import type { KitStore } from '../ports/kits.ts';

interface OrderedLine {
  sku: Sku;
  kind?: 'digital' | undefined;
  components?: Component[] | undefined;
}

/** The order keeps what its kits are made of at this moment: what is defined later is for later orders. */
export async function withComponents<L extends OrderedLine>(
  kits: Pick<KitStore, 'kitsAmong'>,
  lines: readonly L[],
): Promise<L[]> {
  const open = lines.filter(({ kind, components }) => kind !== 'digital' && !components);
  const defined = await kits.kitsAmong(open.map(({ sku }) => sku));
  return lines.map((line) => {
    const components = line.kind === 'digital' ? undefined : (line.components ?? defined.get(line.sku));
    return components ? { ...line, components } : line;
  });
}
