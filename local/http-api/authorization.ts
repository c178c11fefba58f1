import * as z from 'zod';
import type { Kernel } from '../kernel/kernel.ts';
import { type Api, type Authorizer, type IdentitySource, type Route, STAGE } from './api.ts';
import type { EventBase } from './event.ts';
import { invoke } from './invocation.ts';
import type { ApiRequest } from './request.ts';
import { type ApiResponse, gatewayAnswer } from './response.ts';

/** Authorizers get less time than integrations (API Gateway quotas, HTTP APIs). */
const AUTHORIZER_MILLISECONDS = 10_000;
/** Answers kept: keys come from clients, so their number is bounded. */
const CACHE_LIMIT = 10_000;

const answerSchema = z.looseObject({
  isAuthorized: z.boolean(),
  context: z.record(z.string(), z.unknown()).nullish(),
});

interface Verdict {
  allowed: boolean;
  context: Record<string, unknown>;
}

/** Asks Lambda authorizers (payload format 2.0, simple responses) and remembers their answers for as long as they say. */
export class Authorization {
  readonly #kernel: Kernel;
  readonly #cache = new Map<string, Verdict & { until: number }>();

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  /** @returns the context for the function, or the answer that refuses the request */
  async check(
    api: Api,
    route: Route,
    authorizer: Authorizer,
    request: ApiRequest,
    event: EventBase,
  ): Promise<{ context: Record<string, unknown> } | { refusal: ApiResponse }> {
    const identity = authorizer.identitySources.map((source) => identityOf(source, api, route, request));
    if (identity.some((value) => value === undefined || value === '')) {
      return { refusal: gatewayAnswer(401, 'Unauthorized') };
    }
    const key = JSON.stringify([authorizer.id, ...identity]);
    const cached = this.#cache.get(key);
    if (cached && cached.until > this.#kernel.clock.now()) return outcome(cached);
    const answer = await this.#ask(api, authorizer, request, event, identity);
    if ('refusal' in answer) return answer;
    if (authorizer.cacheMilliseconds > 0) {
      if (this.#cache.size >= CACHE_LIMIT) this.#cache.clear();
      this.#cache.set(key, { ...answer, until: this.#kernel.clock.now() + authorizer.cacheMilliseconds });
    }
    return outcome(answer);
  }

  async #ask(
    api: Api,
    authorizer: Authorizer,
    request: ApiRequest,
    event: EventBase,
    identity: (string | undefined)[],
  ): Promise<Verdict | { refusal: ApiResponse }> {
    const { version, ...rest } = event;
    const invocation = await invoke(
      this.#kernel,
      authorizer.functionArn,
      {
        version,
        type: 'REQUEST',
        routeArn: `${api.arnPrefix}/${STAGE}/${request.method}${request.path}`,
        identitySource: identity,
        ...rest,
      },
      `${api.arnPrefix}/authorizers/${authorizer.id}`,
      AUTHORIZER_MILLISECONDS,
    );
    // An authorizer says 401 by throwing an error whose message is exactly this.
    if (invocation.kind === 'failed' && invocation.errorMessage === 'Unauthorized') {
      return { refusal: gatewayAnswer(401, 'Unauthorized') };
    }
    const answer = invocation.kind === 'answered' ? parse(invocation.payload) : undefined;
    if (!answer) return { refusal: gatewayAnswer(500, 'Internal Server Error') };
    return { allowed: answer.isAuthorized, context: answer.context ?? {} };
  }
}

function outcome({ allowed, context }: Verdict): { context: Record<string, unknown> } | { refusal: ApiResponse } {
  return allowed ? { context } : { refusal: gatewayAnswer(403, 'Forbidden') };
}

function parse(payload: string): z.infer<typeof answerSchema> | undefined {
  try {
    return answerSchema.safeParse(JSON.parse(payload)).data;
  } catch {
    return undefined;
  }
}

function identityOf(source: IdentitySource, api: Api, route: Route, request: ApiRequest): string | undefined {
  switch (source.kind) {
    case 'header':
      return request.headers[source.name];
    case 'query':
      return request.query?.[source.name];
    case 'stageVariable':
      return api.stageVariables?.[source.name];
    case 'context':
      return {
        routeKey: route.key,
        httpMethod: request.method,
        path: request.path,
        stage: STAGE,
        apiId: api.id,
      }[source.name];
  }
}
