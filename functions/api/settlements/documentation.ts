import { documented } from '../../../shared/api/documentation.ts';
import { pageOf } from '../../../shared/api/resource-fields.ts';
import {
  DifferenceResource,
  SettlementErrorResource,
  SettlementPartResource,
  SettlementResource,
} from '../../../shared/api/settlement-resources.ts';
import { mostSettlementParts, mostSettlementRowsPerPart } from '../../../shared/ports/settlements.ts';
import { settlementContracts } from './contract.ts';

const settlement = { description: 'The settlement file.', schema: SettlementResource };

export const settlementDocumentation = documented('Ledger', settlementContracts, {
  createSettlement: {
    summary: 'Import a settlement file',
    description: `What a payment provider says it has settled, held against the books row by row. With \`csv\` it is submitted at once; a larger file is sent in up to ${mostSettlementParts} parts. The same rows are the same settlement, and nothing is booked twice.`,
    bodyExample: {
      provider: 'my-bank',
      format: 'neutral',
      csv: 'transactionId,type,reference,currency,gross,fee,net\nT1,capture,ch_123,EUR,39.98,0.83,39.15\n',
    },
    responses: {
      200: { ...settlement, description: 'The same rows were submitted before: that file.' },
      201: { ...settlement, description: 'Begun: send its parts.' },
      202: { ...settlement, description: 'Under way.' },
    },
  },
  listSettlements: {
    summary: 'List settlement files',
    description: 'Of a legal entity, newest first.',
    responses: { 200: { description: 'A page of settlement files.', schema: pageOf(SettlementResource) } },
  },
  getSettlement: {
    summary: 'Read a settlement file',
    description: 'With counts and sums, once it is reconciled.',
    responses: { 200: settlement },
  },
  putSettlementPart: {
    summary: 'Send a part of a settlement file',
    description: `Up to ${mostSettlementRowsPerPart} rows, with the header, in a body of at most 1 MB. Sent again under the same number it replaces the part, until the file is submitted.`,
    bodyExample: {
      csv: 'transactionId,type,reference,currency,gross,fee,net\nT1,capture,ch_123,EUR,39.98,0.83,39.15\n',
    },
    responses: { 200: { description: 'The part.', schema: SettlementPartResource } },
  },
  submitSettlement: {
    summary: 'Submit a settlement file',
    description: 'All rows are checked first: a file that is wrong anywhere is rejected as a whole.',
    responses: { 202: { ...settlement, description: 'Under way.' } },
  },
  listSettlementErrors: {
    summary: 'List the errors of a settlement file',
    description: 'Of one that was REJECTED, by row.',
    responses: { 200: { description: 'A page of errors.', schema: pageOf(SettlementErrorResource) } },
  },
  listDifferences: {
    summary: 'List the differences of a settlement file',
    description:
      'Amounts or currencies that differ, what is unknown here, and what was captured five days ago or more and is in no file. Those of an order are exceptions on it.',
    responses: { 200: { description: 'A page of differences.', schema: pageOf(DifferenceResource) } },
  },
  resolveDifference: {
    summary: 'Resolve a difference',
    description:
      'With a reason. What is written off is posted to the books; the exception on the order is resolved. Twice is once.',
    bodyExample: { as: 'writeOff', reason: 'The bank keeps 10 cents' },
    responses: { 200: { description: 'The difference.', schema: DifferenceResource } },
  },
});
