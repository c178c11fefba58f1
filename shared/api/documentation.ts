import type * as z from 'zod';
import type { Contracts, RouteContract } from '../runtime/contract.ts';

export interface ResponseDocumentation {
  description: string;
  schema?: z.ZodType;
  /** Default: application/json. */
  contentType?: string;
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

export interface DocumentedRoute extends RouteDocumentation {
  tag: string;
  contract: RouteContract;
}

/** Joins contracts with what is told of them; a route without a word does not compile. */
export const documented = <C extends Contracts>(
  tag: string,
  contracts: C,
  documentation: { readonly [K in keyof C]: RouteDocumentation },
): DocumentedRoute[] =>
  (Object.keys(contracts) as (keyof C & string)[]).flatMap((name) => {
    const contract = contracts[name];
    return contract ? [{ tag, contract, ...documentation[name] }] : [];
  });
