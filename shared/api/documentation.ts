import type * as z from 'zod';
import type { Contracts, RouteContract } from '../runtime/contract.ts';

export interface ResponseDocumentation {
  description: string;
  schema?: z.ZodType;
  /** Default: application/json. */
  contentType?: string;
  /** Other media types that it may come as: bytes, of which there is nothing more to say. */
  also?: readonly string[];
  /** The answer has a header ETag. */
  etag?: boolean;
}

/** What is told of a route and never checked by it: kept apart from its contract, so that no function carries it. */
export interface RouteDocumentation {
  summary: string;
  description: string;
  responses: Readonly<Record<number, ResponseDocumentation>>;
  bodyExample?: unknown;
}

/** The chapters of the reference, in order. */
export const tags = {
  Orders: 'From placing to the end.',
  Fulfillments: 'The work of a location: accept, pick, pack, ship, deliver, or give back.',
  Refunds: 'Credit memos, and the money that goes back for them.',
  Fraud: 'Which orders a person looks at before they go on, and which are refused.',
  Routing: 'Why these sites, and what would have been.',
  Inventory: 'Locations and their stock.',
  'Stock movements': 'Receipts, counts, adjustments, transfers, what is expected; the ledger of a SKU.',
  Kits: 'SKUs that are made of others.',
  'Stock feeds': 'Counts and movements of other systems, by the ten thousand.',
  Network: 'Storefronts and the stock they sell: location groups, safety stock, shipping rates.',
  Invoices: 'Invoices and credit memos: as data, as PDF, as e-invoices.',
  'Legal entities': 'Who sells: what stands on invoices.',
  Taxes: 'What is taxed where: rates by region and class, and what a cart is taxed with.',
  Availability: 'What a storefront can sell, and where from.',
  Quotes: 'What may be promised for a cart: every way to get it, when and for how much.',
  'Cart holds': 'Units out of sale while a customer pays.',
  Payments: 'Other ways to pay, money that was received, and what providers tell.',
  'Gift cards and credit': 'What customers pay with besides cards: gift cards, store credit, terms.',
  Operations: 'Work that takes longer than a request: outages of locations.',
  Ledger: 'The merchant’s books: every movement of money as a double entry.',
  Webhooks: 'Where events are sent.',
  Meta: 'About this API.',
} as const;
export type Tag = keyof typeof tags;

export interface DocumentedRoute extends RouteDocumentation {
  tag: Tag;
  contract: RouteContract;
}

/** Joins contracts with what is told of them; a route without a word does not compile. */
export const documented = <C extends Contracts>(
  tag: Tag,
  contracts: C,
  documentation: { readonly [K in keyof C]: RouteDocumentation },
): DocumentedRoute[] =>
  (Object.keys(contracts) as (keyof C & string)[]).flatMap((name) => {
    const contract = contracts[name];
    return contract ? [{ tag, contract, ...documentation[name] }] : [];
  });
