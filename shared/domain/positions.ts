import * as z from 'zod';

/**
 * Where the units of a line stand. A line of 5 is a map position -> quantity whose sum is always 5 (invariant U1); every status is
 * derived from it. The names after SHIPPED that have no command yet (READY, RETURNING, RETURNED, LOST) are the after-sale positions of the model.
 */
export const Position = z.enum([
  'OPEN',
  'BACKORDERED',
  'RESERVED',
  'ASSIGNED',
  'PICKED',
  'PACKED',
  'READY',
  'SHIPPED',
  'DELIVERED',
  'RETURNING',
  'RETURNED',
  'LOST',
  'CANCELED',
]);
export type Position = z.infer<typeof Position>;

/** Sparse: a position without units is absent. */
export const Positions = z.partialRecord(Position, z.int().positive());
export type Positions = z.infer<typeof Positions>;

/** Which moves exist: from -> to. Checked by `move`, and by a test for reachability and dead ends. */
export const moves: Record<Position, readonly Position[]> = {
  // OPEN to ASSIGNED to DELIVERED: digital units, which no stock stands for.
  OPEN: ['RESERVED', 'BACKORDERED', 'ASSIGNED', 'CANCELED'],
  BACKORDERED: ['RESERVED', 'CANCELED'],
  RESERVED: ['ASSIGNED', 'OPEN', 'CANCELED'],
  ASSIGNED: ['PICKED', 'RESERVED', 'OPEN', 'DELIVERED', 'CANCELED'],
  PICKED: ['PACKED', 'OPEN', 'CANCELED'],
  PACKED: ['SHIPPED', 'READY', 'CANCELED'],
  READY: ['DELIVERED', 'CANCELED'],
  SHIPPED: ['DELIVERED', 'LOST', 'RETURNED'],
  DELIVERED: ['RETURNING'],
  RETURNING: ['DELIVERED', 'RETURNED'],
  RETURNED: [],
  LOST: [],
  CANCELED: [],
};

export const unitsIn = (positions: Positions, ...at: Position[]): number =>
  at.reduce((sum, position) => sum + (positions[position] ?? 0), 0);

export const unitsOf = (positions: Positions): number =>
  Object.values(positions).reduce((sum, quantity) => sum + quantity, 0);

/** Moves `quantity` units. Throws on a move that is not in the table or that lacks units: a bug of the caller, never a customer's input. */
export function move(positions: Positions, from: Position, to: Position, quantity: number): Positions {
  const left = (positions[from] ?? 0) - quantity;
  if (!moves[from].includes(to)) throw new Error(`no move ${from} -> ${to}`);
  if (!Number.isInteger(quantity) || quantity <= 0 || left < 0) {
    throw new Error(`cannot move ${quantity} from ${from} (${positions[from] ?? 0}) to ${to}`);
  }
  const { [from]: _, ...rest } = positions;
  return { ...rest, ...(left > 0 ? { [from]: left } : {}), [to]: (positions[to] ?? 0) + quantity };
}
