import { documented } from '../../../shared/api/documentation.ts';
import { pageOf } from '../../../shared/api/resource-fields.ts';
import {
  LedgerLineResource,
  MovementResource,
  ShardsResource,
  SkuResource,
  SupplyResource,
  ThresholdResource,
  TransferResource,
} from '../../../shared/api/stock-resources.ts';
import { stockContracts } from './stock-contract.ts';

const movement = { 201: { description: 'The movement, and the stock after it.', schema: MovementResource } };
const transfer = { description: 'The transfer.', schema: TransferResource };
const supply = { description: 'The supply.', schema: SupplyResource };
const backorders = 'Backorders that can be served go on by themselves.';

export const stockDocumentation = documented('Stock movements', stockContracts, {
  listSkus: {
    summary: 'List SKUs with their stock',
    description: 'By SKU. `level` finds SKUs that were announced as low or out somewhere, or at the given location.',
    responses: { 200: { description: 'A page of SKUs.', schema: pageOf(SkuResource) } },
  },
  putThreshold: {
    summary: 'Set when a SKU is low',
    description: 'At each location by itself. `stock.low` is published when what can be sold falls to it or below.',
    bodyExample: { lowAt: 5 },
    responses: { 200: { description: 'The threshold.', schema: ThresholdResource } },
  },
  getShards: {
    summary: 'Read the rows of a SKU',
    description: 'What was planned, and in how many rows its stock is kept at each location. Their sum is the stock.',
    responses: { 200: { description: 'The rows.', schema: ShardsResource } },
  },
  putShards: {
    summary: 'Prepare a SKU for many buyers at once',
    description:
      'Keeps its stock in several rows at each location, before a sale begins, or in one again. Neither field: as many rows as are measured to be needed, and one again when it is calm. Nothing else changes.',
    bodyExample: { expectedPeak: 3000 },
    responses: { 200: { description: 'The rows.', schema: ShardsResource } },
  },
  listLedger: {
    summary: 'List the stock ledger of a SKU',
    description:
      'Every movement with its postings, newest first: those that operators made, and units that left or came back with orders. Reservations move no unit; they are in the events of their order.',
    responses: { 200: { description: 'A page of movements.', schema: pageOf(LedgerLineResource) } },
  },
  adjustStock: {
    summary: 'Adjust stock',
    description: `Units more or fewer than the books say, and why. ${backorders}`,
    bodyExample: { delta: -2, reason: 'damaged', note: 'Forklift' },
    responses: movement,
  },
  receiveStock: {
    summary: 'Receive goods',
    description: `From outside, of a purchase order or an advance ship notice, to be sold or to be looked at first. ${backorders}`,
    bodyExample: { quantity: 60, reference: { type: 'purchase_order', id: 'PO-4711' } },
    responses: movement,
  },
  countStock: {
    summary: 'Count stock',
    description:
      'What was found at a moment; what moved since is added. The difference is found or lost among what can be sold: promises to orders and carts stay as they are.',
    bodyExample: { counted: 98, asOf: '2026-01-05T08:00:00.000Z' },
    responses: movement,
  },
  moveStock: {
    summary: 'Set aside or put back',
    description: `Between what can be sold and what is damaged, in quality control or in quarantine. What is on hand stays. ${backorders}`,
    bodyExample: { quantity: 3, from: 'available', to: 'quality_control' },
    responses: movement,
  },
  createTransfer: {
    summary: 'Transfer between locations',
    description:
      'Takes units from what can be sold at one location. Dispatched ones are in transit, and expected at the other, until they are received.',
    bodyExample: {
      from: 'madrid',
      to: 'lyon',
      lines: [{ sku: 'MUG-BLUE', quantity: 10 }],
      eta: '2026-01-06T15:00:00.000Z',
    },
    responses: { 201: transfer },
  },
  listTransfers: {
    summary: 'List transfers',
    description: 'Newest first.',
    responses: { 200: { description: 'A page of transfers.', schema: pageOf(TransferResource) } },
  },
  getTransfer: {
    summary: 'Read a transfer',
    description: 'With what is in transit of every line.',
    responses: { 200: transfer },
  },
  receiveTransfer: {
    summary: 'Receive a transfer',
    description: `In one or several parts. With \`final\`, what is missing is written off as lost in transit. ${backorders}`,
    bodyExample: { lines: [{ sku: 'MUG-BLUE', quantity: 9 }], final: true },
    responses: { 200: transfer },
  },
  cancelTransfer: {
    summary: 'Cancel a transfer',
    description: 'What is in transit goes back to where it came from. What was received stays.',
    bodyExample: { reason: 'truck_broke_down' },
    responses: { 200: transfer },
  },
  createSupply: {
    summary: 'Expect supply',
    description: 'Units that are to arrive at a location. Receive them with the `supplyId` of a receipt.',
    bodyExample: {
      sku: 'MUG-BLUE',
      locationId: 'madrid',
      quantity: 100,
      eta: '2026-01-12T09:00:00.000Z',
      source: { type: 'purchase_order', id: 'PO-4711' },
    },
    responses: { 201: supply },
  },
  listSupplies: {
    summary: 'List supplies',
    description: 'Soonest first. Transfers in transit are among them.',
    responses: { 200: { description: 'A page of supplies.', schema: pageOf(SupplyResource) } },
  },
  getSupply: { summary: 'Read a supply', description: 'By its id.', responses: { 200: supply } },
  putSupply: {
    summary: 'Change a supply',
    description: 'Another quantity or another time, as long as some is still to come.',
    bodyExample: { quantity: 80, eta: '2026-01-19T09:00:00.000Z' },
    responses: { 200: supply },
  },
  cancelSupply: {
    summary: 'Cancel a supply',
    description: 'What has not come will not come.',
    bodyExample: { reason: 'supplier_out_of_stock' },
    responses: { 200: supply },
  },
});
