import * as z from 'zod';

/** How a bucket stands to its SKU's threshold. */
export const StockLevel = z.enum(['in', 'low', 'out']);
export type StockLevel = z.infer<typeof StockLevel>;

/** @param lowAt the highest number that is low; without one nothing is */
export const levelOf = (available: number, lowAt: number | undefined): StockLevel => {
  if (available === 0) return 'out';
  return lowAt !== undefined && available <= lowAt ? 'low' : 'in';
};

/** The event of a threshold that was crossed. Up from low to enough is no news; up from none is, even to a few. */
export const crossing = (from: StockLevel, to: StockLevel): 'stock.low' | 'stock.out' | 'stock.back' | undefined => {
  if (from === to) return undefined;
  if (to === 'out') return 'stock.out';
  if (from === 'out') return 'stock.back';
  return to === 'low' ? 'stock.low' : undefined;
};
