import type { Exclusion } from './decision.ts';

/** "NO_STOCK: line_1 needs 3 of tee, available 2". */
export function explainReason(reason: Exclusion): string {
  const where = reason.lineId ? `${reason.lineId}: ` : '';
  return `${reason.code}: ${where}${words(reason)}`;
}

function words({ code, what, sku, needed, available, safetyStock, limit, actual }: Exclusion): string {
  switch (code) {
    case 'DISABLED':
      return 'the location is switched off';
    case 'NOT_IN_SEGMENT':
      return `outside the scope by ${what}`;
    case 'REJECTED_BEFORE':
      return 'it refused this order before';
    case 'RESTRICTED':
      return sku ? `${sku} may not go from here to ${what}` : `does not send to ${what}`;
    case 'NO_CAPABILITY':
      return `cannot do "${what}"`;
    case 'CLOSED':
      return `no opening in sight for ${what}`;
    case 'OUT_OF_RADIUS':
      return `${actual === undefined ? 'at an unknown distance' : `${actual} km away`}, allowed ${limit} km`;
    case 'MISSES_PROMISE':
      return `arrives ${instant(actual)}, ${needed} hours after the promise of ${instant(limit)}`;
    case 'NO_CAPACITY':
      return needed === undefined ? `no ${what} left in its capacity` : `${needed} pieces needed, room for ${limit}`;
    case 'NO_STOCK':
      return `${needed} of ${sku} needed, available ${available}${kept(safetyStock)}`;
    case 'SAFETY_STOCK':
      return `${needed} of ${sku} needed, available ${available}, safety stock ${safetyStock}`;
  }
}

const kept = (safetyStock = 0) => (safetyStock > 0 ? `, safety stock ${safetyStock}` : '');

const instant = (at = 0) => new Date(at).toISOString();
