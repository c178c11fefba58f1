import type { RouteTable } from './route-table.ts';

/** The HTTP API of the template, as its resources describe it. */
export interface Api {
  id: string;
  name: string;
  arnPrefix: string;
  cors: Cors | undefined;
  stageVariables: Record<string, string> | undefined;
  /** Set once the stage is provisioned: without one an API answers nothing. */
  hasStage: boolean;
  integrations: Map<string, Integration>;
  authorizers: Map<string, Authorizer>;
  routes: RouteTable<Route>;
}

export interface Integration {
  id: string;
  functionArn: string;
  timeoutMilliseconds: number;
}

export interface Authorizer {
  id: string;
  functionArn: string;
  identitySources: IdentitySource[];
  /** 0 = every request asks. */
  cacheMilliseconds: number;
}

export type IdentitySource =
  | { kind: 'header' | 'query' | 'stageVariable'; name: string }
  | { kind: 'context'; name: (typeof CONTEXT_SOURCES)[number] };

/** Parts of `$context` that may stand among an authorizer's identity sources here. */
export const CONTEXT_SOURCES = ['routeKey', 'httpMethod', 'path', 'stage', 'apiId'] as const;

export interface Route {
  id: string;
  /** `GET /v1/orders/{id}` or `$default` */
  key: string;
  integration: Integration;
  authorizer: Authorizer | undefined;
}

export interface Cors {
  origins: string[];
  methods: string[];
  headers: string[];
  exposed: string[];
  maxAgeSeconds: number | undefined;
  credentials: boolean;
}

/** The only stage that one machine serves: the one without a path prefix. */
export const STAGE = '$default';
