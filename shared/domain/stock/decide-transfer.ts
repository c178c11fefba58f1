import { accountOf, type Posting } from '../stock.ts';
import type { TransferCommand } from './commands.ts';
import { ended, expected, received } from './decide-supply.ts';
import {
  refusePostings,
  rejectStock,
  type StockDecided,
  type StockDecision,
  type StockState,
  type TransferEvent,
} from './decision.ts';
import type { MovementKind, StockEntry } from './entry.ts';
import { inTransit, type Transfer, type TransferLine } from './transfer.ts';

type Of<T extends TransferCommand['type']> = Extract<TransferCommand, { type: T }>;

export function decideTransfer(state: StockState, command: TransferCommand): StockDecided {
  const { transfer } = state;
  // Its id is its identity: dispatched again, it has left already.
  if (command.type === 'transfer') return transfer ? { ok: true, entries: [], supplies: [] } : dispatch(state, command);
  if (!transfer) return rejectStock('transfer_not_found', 'There is no such transfer.');
  if (transfer.status !== 'in_transit') return rejectStock('transfer_closed', `The transfer is ${transfer.status}.`);
  return command.type === 'receiveTransfer' ? receive(state, transfer, command) : cancel(state, transfer, command);
}

function dispatch(state: StockState, command: Of<'transfer'>): StockDecided {
  const { transferId: id, from, to, mode, eta, reference, note } = command;
  const immediate = mode === 'immediate';
  const out = command.lines.map((line) => entry(id, 'transfer_out', 'transferred', leaving(line, from)));
  const into = immediate
    ? command.lines.map((line) => entry(id, 'transfer_in', 'transferred', arriving(line, to)))
    : [];
  const entries = [...out, ...into];
  const refused = refusePostings(
    state,
    entries.flatMap(({ postings }) => postings),
  );
  if (refused) return refused;
  const after: Transfer = {
    id,
    from,
    to,
    lines: command.lines.map(({ sku, quantity, supplyId }) => ({
      sku,
      quantity,
      received: immediate ? quantity : 0,
      lost: 0,
      returned: 0,
      ...(!immediate && { supplyId }),
    })),
    status: immediate ? 'received' : 'in_transit',
    ...(eta !== undefined && { eta }),
    ...(reference && { reference }),
    ...(note !== undefined && { note }),
    version: 1,
    createdAt: state.now,
    updatedAt: state.now,
  };
  const supplies = immediate
    ? []
    : command.lines.map(({ sku, quantity, supplyId }) =>
        expected(state, {
          supplyId,
          sku,
          locationId: to,
          quantity,
          eta: eta ?? state.now,
          source: { type: 'transfer', id },
        }),
      );
  return { ok: true, entries, supplies, transfer: { after, event: told('transfer.dispatched', after) } };
}

function receive(state: StockState, transfer: Transfer, command: Of<'receiveTransfer'>): StockDecided {
  const arrived =
    command.lines ??
    transfer.lines.map((line) => ({ sku: line.sku, quantity: inTransit(line), into: 'available' as const }));
  const unknown = arrived.find(({ sku, quantity }) => {
    const line = transfer.lines.find((one) => one.sku === sku);
    return !line || quantity > inTransit(line);
  });
  if (unknown) {
    const line = transfer.lines.find((one) => one.sku === unknown.sku);
    const message = `Of ${unknown.sku} ${line ? inTransit(line) : 0} are in transit. Book more as an adjustment: found.`;
    return rejectStock('not_in_transit', message, { sku: unknown.sku, inTransit: line ? inTransit(line) : 0 });
  }
  const entries: StockEntry[] = [];
  const lines = transfer.lines.map((line): TransferLine => {
    const { quantity = 0, into = 'available' } = arrived.find(({ sku }) => sku === line.sku) ?? {};
    const lost = command.final ? inTransit(line) - quantity : 0;
    if (quantity > 0) {
      const posting = arriving({ sku: line.sku, quantity }, transfer.to, into);
      entries.push(entry(transfer.id, 'transfer_in', into === 'available' ? 'transferred' : into, posting));
    }
    if (lost > 0) {
      // The destination writes off what it did not get: the units were in transit, in no bucket.
      const posting = {
        sku: line.sku,
        locationId: transfer.to,
        from: 'IN_TRANSIT',
        to: 'EXTERNAL',
        quantity: lost,
      } as const;
      entries.push(entry(transfer.id, 'transfer_loss', 'lost_in_transit', posting));
    }
    return { ...line, received: line.received + quantity, lost: line.lost + lost };
  });
  const refused = refusePostings(
    state,
    entries.flatMap(({ postings }) => postings),
  );
  if (refused) return refused;
  const isOver = lines.every((line) => inTransit(line) === 0);
  const status = isOver ? (lines.some(({ lost }) => lost > 0) ? 'received_short' : 'received') : 'in_transit';
  const after: Transfer = { ...transfer, lines, status, version: transfer.version + 1, updatedAt: state.now };
  const event = told('transfer.received', after, {
    arrived: arrived.map(({ sku, quantity }) => ({ sku, quantity })),
  });
  return { ok: true, entries, transfer: { after, event }, supplies: suppliesAfter(state, transfer, after) };
}

function cancel(state: StockState, transfer: Transfer, { reason }: Of<'cancelTransfer'>): StockDecided {
  const lines = transfer.lines.map((line) => ({ ...line, returned: line.returned + inTransit(line) }));
  const entries = transfer.lines
    .filter((line) => inTransit(line) > 0)
    .map((line) =>
      entry(
        transfer.id,
        'transfer_return',
        'canceled',
        arriving({ sku: line.sku, quantity: inTransit(line) }, transfer.from),
      ),
    );
  const refused = refusePostings(
    state,
    entries.flatMap(({ postings }) => postings),
  );
  if (refused) return refused;
  const after: Transfer = {
    ...transfer,
    lines,
    status: 'canceled',
    version: transfer.version + 1,
    updatedAt: state.now,
  };
  const event = told('transfer.canceled', after, { reason });
  return { ok: true, entries, transfer: { after, event }, supplies: suppliesAfter(state, transfer, after) };
}

/** The supplies of a transfer follow it: what came was received, what will not come is canceled. */
function suppliesAfter(state: StockState, before: Transfer, after: Transfer): StockDecision['supplies'] {
  return after.lines.flatMap((line, index) => {
    const supply = line.supplyId === undefined ? undefined : state.supplies.get(line.supplyId);
    if (supply?.status !== 'expected') return [];
    const came = line.received - (before.lines[index]?.received ?? 0);
    const fellShort = inTransit(line) === 0 && line.lost + line.returned > 0;
    if (!fellShort) return came > 0 ? [received(state, supply, came)] : [];
    return [ended(state, { ...supply, received: supply.received + came }, after.status)];
  });
}

const entry = (transferId: string, kind: MovementKind, reason: string, posting: Posting): StockEntry => ({
  sku: posting.sku,
  locationId: posting.locationId,
  kind,
  reason,
  postings: [posting],
  reference: { type: 'transfer', id: transferId },
});

type Units = Pick<Posting, 'sku' | 'quantity'>;

const leaving = ({ sku, quantity }: Units, locationId: Posting['locationId']): Posting => ({
  sku,
  locationId,
  from: 'AVAILABLE',
  to: 'IN_TRANSIT',
  quantity,
});

const arriving = (
  { sku, quantity }: Units,
  locationId: Posting['locationId'],
  into: Parameters<typeof accountOf>[0] = 'available',
): Posting => ({ sku, locationId, from: 'IN_TRANSIT', to: accountOf(into), quantity });

const told = (type: TransferEvent['type'], transfer: Transfer, more: Record<string, unknown> = {}): TransferEvent => ({
  type,
  data: {
    transferId: transfer.id,
    from: transfer.from,
    to: transfer.to,
    status: transfer.status,
    lines: transfer.lines.map(({ sku, quantity, received: came, lost, returned }) => ({
      sku,
      quantity,
      received: came,
      lost,
      returned,
    })),
    ...(transfer.eta !== undefined && { eta: transfer.eta }),
    ...(transfer.reference && { reference: transfer.reference }),
    ...more,
  },
});
