import type { LocationId, Sku } from '../ids.ts';
import type { SupplyCommand } from './commands.ts';
import { rejectStock, type StockDecided, type StockState, type SupplyEvent } from './decision.ts';
import { outstanding, type Supply, type SupplyId } from './supply.ts';

type Changed = { after: Supply; event: SupplyEvent };
type Refused = ReturnType<typeof rejectStock>;

export function decideSupply(state: StockState, command: SupplyCommand): StockDecided {
  if (command.type === 'expect' && state.supplies.has(command.supplyId)) return { ok: true, entries: [], supplies: [] };
  const changed = command.type === 'expect' ? expected(state, command) : changeExisting(state, command);
  if ('rejection' in changed) return changed;
  return { ok: true, entries: [], supplies: changed.after === state.supplies.get(changed.after.id) ? [] : [changed] };
}

export function expected(
  { now }: StockState,
  { supplyId, sku, locationId, quantity, eta, source }: Omit<Extract<SupplyCommand, { type: 'expect' }>, 'type'>,
): Changed {
  const after: Supply = {
    id: supplyId,
    sku,
    locationId,
    quantity,
    promised: 0,
    received: 0,
    eta,
    source,
    status: 'expected',
    version: 1,
    createdAt: now,
    updatedAt: now,
  };
  return { after, event: told('supply.expected', after) };
}

function changeExisting(state: StockState, command: Exclude<SupplyCommand, { type: 'expect' }>): Changed | Refused {
  const supply = open(state, command.supplyId);
  if ('rejection' in supply) return supply;
  if (command.type === 'promiseSupply') return promise(state, supply, command.delta);
  if (supply.source.type === 'transfer') {
    return rejectStock('supply_of_transfer', `It comes with ${supply.source.id}: receive or cancel that.`);
  }
  if (command.type === 'cancelSupply') {
    const after = next(state, supply, { status: 'canceled', promised: 0 });
    return { after, event: told('supply.canceled', after, { reason: command.reason }) };
  }
  const { quantity = supply.quantity, eta = supply.eta } = command;
  const least = supply.received + supply.promised;
  if (quantity < least) {
    const message = `${supply.received} have come and ${supply.promised} are promised: it cannot be fewer than ${least}.`;
    return rejectStock('below_promised', message, { received: supply.received, promised: supply.promised });
  }
  if (quantity === supply.quantity && eta === supply.eta)
    return { after: supply, event: told('supply.changed', supply) };
  const status = quantity === supply.received ? 'received' : 'expected';
  const after = next(state, supply, { quantity, eta, status });
  return {
    after,
    event: told('supply.changed', after, { previousEta: supply.eta, previousQuantity: supply.quantity }),
  };
}

function promise(state: StockState, supply: Supply, delta: number): Changed | Refused {
  const promised = supply.promised + delta;
  if (promised < 0 || promised > outstanding(supply)) {
    const facts = { promised: supply.promised, outstanding: outstanding(supply) };
    return rejectStock('below_promised', `Of ${facts.outstanding} to come ${supply.promised} are promised.`, facts);
  }
  const after = next(state, supply, { promised });
  return { after, event: told('supply.changed', after) };
}

/** Units of a supply have come; promises that they serve end with them. */
export function receiveSupply(
  state: StockState,
  id: SupplyId,
  { sku, locationId, quantity }: { sku: Sku; locationId: LocationId; quantity: number },
): Changed | Refused {
  const supply = open(state, id);
  if ('rejection' in supply) return supply;
  if (supply.sku !== sku || supply.locationId !== locationId) {
    return rejectStock('supply_mismatch', `${id} is of ${supply.sku} at ${supply.locationId}.`);
  }
  if (supply.source.type === 'transfer') {
    return rejectStock('supply_of_transfer', `It comes with ${supply.source.id}: receive or cancel that.`);
  }
  return received(state, supply, quantity);
}

export function received(state: StockState, supply: Supply, quantity: number): Changed {
  const total = supply.received + quantity;
  const left = Math.max(0, supply.quantity - total);
  const after = next(state, supply, {
    received: total,
    promised: Math.min(supply.promised, left),
    status: left === 0 ? 'received' : 'expected',
  });
  return { after, event: told('supply.received', after, { units: quantity }) };
}

/** The rest will not come. */
export function ended(state: StockState, supply: Supply, reason: string): Changed {
  const after = next(state, supply, { status: 'canceled', promised: 0 });
  return { after, event: told('supply.canceled', after, { reason }) };
}

function open({ supplies }: StockState, id: SupplyId): Supply | Refused {
  const supply = supplies.get(id);
  if (!supply) return rejectStock('supply_not_found', 'There is no such supply.');
  return supply.status === 'expected' ? supply : rejectStock('supply_closed', `It is ${supply.status}.`);
}

const next = ({ now }: StockState, supply: Supply, changes: Partial<Supply>): Supply => ({
  ...supply,
  ...changes,
  version: supply.version + 1,
  updatedAt: now,
});

const told = (type: SupplyEvent['type'], supply: Supply, more: Record<string, unknown> = {}): SupplyEvent => ({
  type,
  data: {
    supplyId: supply.id,
    sku: supply.sku,
    locationId: supply.locationId,
    quantity: supply.quantity,
    received: supply.received,
    promised: supply.promised,
    eta: supply.eta,
    source: supply.source,
    status: supply.status,
    ...more,
  },
});
