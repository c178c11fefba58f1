import { locationId } from './samples.ts';
import type { Told } from './told.ts';

const transfer = {
  transferId: 'trf_01JGY8Q5N3W0R7T2K4M6P8S9VX',
  from: 'lyon',
  to: locationId,
  eta: '2026-01-06T15:00:00.000Z',
};

const supply = {
  supplyId: 'sup_01JGY8Q5N3W0R7T2K4M6P8S9VX',
  sku: 'MUG-BLUE',
  locationId,
  quantity: 100,
  received: 0,
  promised: 0,
  eta: '2026-01-12T09:00:00.000Z',
  source: { type: 'purchase_order', id: 'PO-4711' },
  status: 'expected',
};

/** Of stock: adjusted, transferred, expected. */
export const toldOfStock = {
  'stock.adjusted': {
    description:
      'Units of a SKU came, went or changed their account at a location: a line of the stock ledger. `change` is what is on hand more than before, `availableChange` what can be sold more; `postings` say between which accounts.',
    emittedBy:
      'PUT /v1/inventory/{sku}/locations/{locationId} and what is below it (adjustments, receipts, counts, unavailable), POST /v1/transfers and what is below it',
    sample: {
      sku: 'MUG-BLUE',
      locationId,
      onHand: 40,
      available: 38,
      change: 15,
      availableChange: 15,
      kind: 'receipt',
      reason: 'received',
      postings: [{ from: 'EXTERNAL', to: 'AVAILABLE', quantity: 15 }],
      reference: { type: 'purchase_order', id: 'PO-4711' },
    },
  },
  'stock.low': {
    description: 'At this location no more units can be sold than the threshold of the SKU, which has been told once.',
    emittedBy: 'stream of the table inventory, after any change',
    sample: { sku: 'MUG-BLUE', locationId, available: 4, lowAt: 5 },
  },
  'stock.out': {
    description: 'At this location nothing is left to sell.',
    emittedBy: 'stream of the table inventory, after any change',
    sample: { sku: 'MUG-BLUE', locationId, available: 0, lowAt: 5 },
  },
  'stock.back': {
    description: 'At this location there is something to sell again, be it few.',
    emittedBy: 'stream of the table inventory, after any change',
    sample: { sku: 'MUG-BLUE', locationId, available: 20, lowAt: 5 },
  },
  'transfer.dispatched': {
    description:
      'Units left a location for another one. On every line `quantity` is `received + lost + returned` and what is in transit; an immediate transfer has received all.',
    emittedBy: 'POST /v1/transfers',
    sample: {
      ...transfer,
      lines: [{ sku: 'MUG-BLUE', quantity: 10, received: 0, lost: 0, returned: 0 }],
      status: 'in_transit',
    },
  },
  'transfer.received': {
    description: 'Units of a transfer arrived (`arrived`). When it was the last receipt, what is missing is `lost`.',
    emittedBy: 'POST /v1/transfers/{id}/receive',
    sample: {
      ...transfer,
      lines: [{ sku: 'MUG-BLUE', quantity: 10, received: 9, lost: 1, returned: 0 }],
      status: 'received_short',
      arrived: [{ sku: 'MUG-BLUE', quantity: 9 }],
    },
  },
  'transfer.canceled': {
    description: 'What was in transit is back where it came from.',
    emittedBy: 'POST /v1/transfers/{id}/cancel',
    sample: {
      ...transfer,
      lines: [{ sku: 'MUG-BLUE', quantity: 10, received: 0, lost: 0, returned: 10 }],
      status: 'canceled',
      reason: 'truck_broke_down',
    },
  },
  'supply.expected': {
    description: 'Units are to arrive at a location.',
    emittedBy: 'POST /v1/supplies, POST /v1/transfers',
    sample: supply,
  },
  'supply.changed': {
    description: 'More or fewer units, or another time; or some of them were promised.',
    emittedBy: 'POST /v1/supplies/{id}/change',
    sample: { ...supply, eta: '2026-01-19T09:00:00.000Z', previousEta: supply.eta, previousQuantity: 100 },
  },
  'supply.received': {
    description: 'Units of a supply have come (`units`).',
    emittedBy: 'POST /v1/inventory/{sku}/locations/{locationId}/receipts, POST /v1/transfers/{id}/receive',
    sample: { ...supply, received: 60, units: 60 },
  },
  'supply.canceled': {
    description: 'What has not come of a supply will not come.',
    emittedBy: 'POST /v1/supplies/{id}/cancel, the end of a transfer',
    sample: { ...supply, status: 'canceled', reason: 'supplier_out_of_stock' },
  },
} satisfies Record<string, Told>;
