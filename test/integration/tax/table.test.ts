import { describe } from 'vitest';
import { tableTaxes } from '../../../shared/adapters/tax-table.ts';
import { TaxTable } from '../../../shared/domain/pricing/tax/tax-table.ts';
import { keepsTheContract } from './contract.ts';

const table = TaxTable.parse({
  zones: [
    { zone: 'es', regions: ['ES'] },
    { zone: 'jp', regions: ['JP'] },
    { zone: 'kw', regions: ['KW'] },
    { zone: 'us-ca', regions: ['US-CA'] },
    { zone: 'la', regions: ['US-CA'], postalPrefixes: ['900'] },
  ],
  rates: [
    { zone: 'es', tax: 'IVA', rate: '0.21' },
    { zone: 'jp', tax: 'Consumption tax', rate: '0.1' },
    { zone: 'kw', tax: 'VAT', rate: '0.05' },
    { zone: 'us-ca', tax: 'State tax', rate: '0.06' },
    { zone: 'la', tax: 'County tax', rate: '0.0125' },
  ],
  classes: ['standard'],
  defaultClass: 'standard',
  reverseCharge: { countries: ['DE', 'ES'] },
});

describe('the table of taxes', () => {
  keepsTheContract(async () => ({ provider: tableTaxes({ table: async () => table }), stop: async () => undefined }));
});
