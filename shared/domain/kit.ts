import * as z from 'zod';
import { Sku } from './ids.ts';

/** What one unit of a kit is made of. */
export const Component = z.object({ sku: Sku, perUnit: z.int().min(1).max(10_000) });
export type Component = z.infer<typeof Component>;

/**
 * A kit's components are reserved, given back and shipped in one transaction (100 items), each with a bucket, a ledger row and, while they
 * are awaited, a place in a queue.
 */
export const mostComponents = 20;

/** Units of an order line. */
export interface LineUnits {
  sku: Sku;
  quantity: number;
  /** A kit's. */
  components?: readonly Component[] | undefined;
}

/** The stock that stands for units of a line: themselves, or a kit's components in ratio. */
export const goodsOf = ({ sku, quantity, components }: LineUnits): { sku: Sku; quantity: number }[] =>
  components?.map(({ sku: part, perUnit }) => ({ sku: part, quantity: quantity * perUnit })) ?? [{ sku, quantity }];

/** How many buckets units of a line touch at one site. */
export const bucketsOf = ({ components }: Pick<LineUnits, 'components'>): number => components?.length ?? 1;

/** Whole kits that these pieces make. */
export const kitsFrom = (components: readonly Component[], pieces: (sku: Sku) => number): number =>
  Math.min(...components.map(({ sku, perUnit }) => Math.max(0, Math.floor(pieces(sku) / perUnit))));
