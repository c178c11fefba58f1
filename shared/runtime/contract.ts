import type * as z from 'zod';
import type { Role } from '../domain/actor.ts';
import type { ProblemCode } from './problem-codes.ts';

export type ApiRole = Exclude<Role, 'system'>;
export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** Path and query schemas take strings: what the URL holds. */
export type Parameters = z.ZodObject;

/**
 * A route as pure data: the gateway's routes, the OpenAPI document, 405 and its Allow header, and the checks at the door all come from it.
 * Importable without any handler. What is told of it besides is in `documentation.ts` next to it.
 */
export interface RouteContract {
  method: Method;
  /** `/v1/orders/{id}` */
  path: string;
  operationId: string;
  /** Which API keys may; `public`: anybody, without a key. */
  roles: readonly ApiRole[] | 'public';
  /** Keys for the work of some locations may, and are told of these and do at these only. Else they may not. */
  ownLocations?: true;
  /** What path values must look like; one that does not is answered with its problem: an id of another kind names nothing. */
  params?: { schema: Parameters; problems: Readonly<Record<string, ProblemCode>> };
  query?: Parameters;
  /** Strict: what it does not name is refused. A route without one takes no body, or `{}`. */
  body?: z.ZodObject;
  /** A request without a body is one with `{}`. */
  bodyOptional?: boolean;
  /** Instead of `body`: bytes of one of these media types. */
  bytes?: { types: readonly string[]; largest: number };
  /** Fields of the body whose text has lines: everywhere else a line break is a control character. */
  multiline?: readonly string[];
  /** Codes that this route answers besides those any route may. */
  problems: readonly ProblemCode[];
  /** `none`: the route is idempotent by its method, or reads. */
  idempotencyKey: 'required' | 'optional' | 'none';
  ifMatch: 'optional' | 'none';
}

export type Contracts = Readonly<Record<string, RouteContract>>;

/** Keeps the literal types of contracts, which type their handlers. */
export const defineContracts = <const C extends Contracts>(contracts: C): C => contracts;

/** As API Gateway writes it. */
export const routeKeyOf = ({ method, path }: Pick<RouteContract, 'method' | 'path'>): string => `${method} ${path}`;

/** A GET without its body. */
export const headKeyOf = ({ path }: Pick<RouteContract, 'path'>): string => `HEAD ${path}`;

export const everybody = ['storefront', 'agent', 'warehouse', 'admin'] as const satisfies readonly ApiRole[];
