import type { Currency } from '../../money.ts';
import type { ChargeKind, Tax, TaxMode } from '../priced.ts';

/** Where taxes are asked for: ISO 3166-1 alpha-2, and the region as the address has it (`CA` or `US-CA`). */
export interface TaxPlace {
  country: string;
  region?: string | undefined;
  postalCode?: string | undefined;
  city?: string | undefined;
  line1?: string | undefined;
}

/** A line or a charge. `amount` in minor units: all units together, after discounts. */
export interface TaxableItem {
  /** The line's or the charge's. */
  id: string;
  kind: 'goods' | ChargeKind;
  sku?: string | undefined;
  quantity: number;
  amount: number;
  /** Absent: the table's own for this kind. */
  taxClass?: string | undefined;
}

/** What taxes depend on. */
export interface TaxCase {
  currency: Currency;
  taxMode: TaxMode;
  /** Whose rates count: a day by the seller's clock. */
  date: string;
  /** Unknown as long as no site is chosen: then where the seller is. */
  shipFrom?: TaxPlace | undefined;
  shipTo: TaxPlace;
  /** With its country's letters (`ESB12345678`): the buyer is a business. */
  buyerTaxId?: string | undefined;
  items: readonly TaxableItem[];
}

export interface ItemTaxes {
  id: string;
  taxes: Tax[];
}

/** Nobody said what is to be taxed there: not the same as a rate of 0. */
export interface NoTaxRate {
  outcome: 'no_tax_rate';
  reason: 'no_zone' | 'no_rate' | 'unknown_class' | 'region_missing' | 'postal_code_missing' | 'address_refused';
  /** For the person who mends it. Names places and classes, nobody. */
  detail: string;
}
