import * as z from 'zod';
import {
  createDocument,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathItemObject,
  type ZodOpenApiResponseObject,
} from 'zod-openapi';
import { Envelope, publishedData, publishedTypes } from '../events/envelope.ts';
import type { RouteContract } from '../runtime/contract.ts';
import { Problem, problemType } from '../runtime/problem.ts';
import { type ProblemCode, problemCodes } from '../runtime/problem-codes.ts';
import { type DocumentedRoute, tags } from './documentation.ts';

const problemSchema = Problem.meta({ id: 'Problem', description: 'RFC 9457. `code` tells what happened.' });

const introduction = `Orders from placing to the end, as a REST API.

**Money** is an integer of minor units (cents) with an ISO 4217 code. **Times** are ISO 8601 in UTC.
**Errors** are \`application/problem+json\` (RFC 9457) with a stable \`code\`.
**Idempotency**: a request repeated with the same \`Idempotency-Key\` within seven days gets the same answer, with \`Idempotent-Replayed: true\`; another body with the same key is refused. A key belongs to the API key and the route.
**Versions**: an order's \`ETag\` is its version; with \`If-Match\` a change is made to that version or not at all.
**Pages**: follow \`nextCursor\` or the \`Link\` header until there is none.
**Statuses** are derived from where each unit stands; new values, events and fields may come: ignore what you do not know.`;

/** The OpenAPI 3.1 document of the contracts: requests strict, answers open for what comes later. Made when the functions are bundled. */
export function openApiDocument(routes: readonly DocumentedRoute[], version: string) {
  const paths: Record<string, ZodOpenApiPathItemObject> = {};
  for (const route of routes) {
    const { contract } = route;
    const method = contract.method.toLowerCase() as Lowercase<RouteContract['method']>;
    paths[contract.path] = { ...paths[contract.path], [method]: operationOf(route) };
  }
  return createDocument(
    {
      openapi: '3.1.0',
      info: {
        title: 'Batuta',
        version,
        summary: 'An order management system.',
        description: introduction,
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: '/', description: 'This deployment.' }],
      tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
      security: [{ apiKey: [] }],
      components: {
        securitySchemes: {
          apiKey: {
            type: 'http',
            scheme: 'bearer',
            description:
              'An API key: `Authorization: Bearer oms_live_…`. Its role (storefront, agent, warehouse, finance, admin) says what it may do.',
          },
        },
      },
      paths,
      webhooks: Object.fromEntries(publishedTypes.map((type) => [type, webhookOf(type)])),
    },
    {
      // zod closes the objects of answers; a client that checked with that would break on our next field.
      override: ({ jsonSchema, io }) => {
        if (io === 'output' && jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
      },
    },
  );
}

export type OpenApiDocument = ReturnType<typeof openApiDocument>;

function operationOf(route: DocumentedRoute): ZodOpenApiOperationObject {
  const { contract, bodyExample } = route;
  const { roles } = contract;
  const who = roles === 'public' ? 'Anybody, without a key.' : `API keys: ${roles.join(', ')}.`;
  return {
    operationId: contract.operationId,
    tags: [route.tag],
    summary: route.summary,
    description: `${route.description}\n\n${who}`,
    ...(roles === 'public' && { security: [] }),
    requestParams: {
      ...(contract.params && { path: contract.params.schema }),
      ...(contract.query && { query: contract.query }),
      ...(Object.keys(headersOf(route)).length > 0 && { header: z.object(headersOf(route)) }),
    },
    ...(contract.bytes && {
      requestBody: {
        required: true,
        content: Object.fromEntries(contract.bytes.types.map((type) => [type, { schema: bytesSchema }])),
      },
    }),
    ...(contract.body && {
      requestBody: {
        required: contract.bodyOptional !== true,
        content: {
          'application/json': {
            schema: contract.body,
            ...(bodyExample !== undefined && { example: bodyExample }),
          },
        },
      },
    }),
    responses: { ...answersOf(route), ...problemsOf(contract) },
  };
}

/** A media type says all that is to be said of bytes (OpenAPI 3.1, 4.8.14.3). */
const bytesSchema = {};

function headersOf({ contract: { idempotencyKey, ifMatch }, responses }: DocumentedRoute): Record<string, z.ZodType> {
  const key = z
    .string()
    .min(1)
    .max(255)
    .regex(/^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/)
    .meta({
      description: 'A new one for each new request: 1 to 255 printable ASCII characters, bare or in double quotes.',
      example: '4f1c2c0e-8d1c-4f5e-9f0e-2f1f7b7d9c11',
    });
  const tag = z
    .string()
    .regex(/^(\*|(W\/)?"[\x21\x23-\x7e]*")$/)
    .meta({ example: '"v3"' });
  const tags = z.string().meta({ example: '"v3"' });
  return {
    ...(idempotencyKey === 'required' && { 'Idempotency-Key': key }),
    ...(idempotencyKey === 'optional' && { 'Idempotency-Key': key.optional() }),
    ...(ifMatch === 'optional' && { 'If-Match': tag.optional() }),
    ...(responses[304] && { 'If-None-Match': tags.optional() }),
  };
}

function answersOf({ contract, responses }: DocumentedRoute): Record<string, ZodOpenApiResponseObject> {
  const entries = Object.entries(responses).map(([status, { description, schema, contentType, also = [], etag }]) => {
    const headers = {
      ...(etag && { ETag: z.string().meta({ description: 'The version of the order.', example: '"v3"' }) }),
      ...(status === '201' && { Location: z.string().meta({ description: 'Path of what was made.' }) }),
      ...(contract.query?.shape.cursor && { Link: z.string().optional().meta({ description: 'The next page.' }) }),
      ...(contract.idempotencyKey !== 'none' && {
        'Idempotent-Replayed': z.literal('true').optional().meta({ description: 'The answer was given before.' }),
      }),
    };
    const content = schema && {
      [contentType ?? 'application/json']: { schema },
      ...Object.fromEntries(also.map((type) => [type, { schema: bytesSchema }])),
    };
    const response: ZodOpenApiResponseObject = {
      description,
      ...(Object.keys(headers).length > 0 && { headers: z.object(headers) }),
      ...(content && { content }),
    };
    return [status, response] as const;
  });
  return Object.fromEntries(entries);
}

/** Every code that a route may answer: its own and those that come with what it takes. */
export function problemCodesOf(contract: RouteContract): ProblemCode[] {
  const isWriting = contract.method === 'POST' || contract.method === 'PUT';
  return [
    ...contract.problems,
    ...(contract.roles === 'public' ? [] : (['authentication_required', 'invalid_api_key', 'forbidden'] as const)),
    ...(isWriting
      ? (['malformed_json', 'payload_too_large', 'unsupported_media_type', 'validation_failed'] as const)
      : []),
    'invalid_parameter',
    ...(contract.idempotencyKey === 'required' ? (['idempotency_key_required'] as const) : []),
    ...(contract.idempotencyKey === 'none' ? [] : (['invalid_idempotency_key', 'idempotency_key_reused'] as const)),
    ...(contract.ifMatch === 'optional' ? (['invalid_if_match'] as const) : []),
    'internal_error',
    ...(contract.roles === 'public' ? [] : (['store_busy', 'timeout'] as const)),
  ];
}

function problemsOf(contract: RouteContract): Record<string, ZodOpenApiResponseObject> {
  const byStatus = Map.groupBy(problemCodesOf(contract), (code) => problemCodes[code].status);
  const entries = [...byStatus].map(([status, codes]) => {
    const response: ZodOpenApiResponseObject = {
      description: codes.map((code) => `\`${code}\`: ${problemCodes[code].title}.`).join(' '),
      content: { [problemType]: { schema: problemSchema } },
    };
    return [String(status), response] as const;
  });
  return Object.fromEntries(entries);
}

function webhookOf(type: (typeof publishedTypes)[number]): ZodOpenApiPathItemObject {
  const words = type.replaceAll(/[._]/g, ' ');
  const name = words.replaceAll(/(?:^| )(\w)/g, (_, letter: string) => letter.toUpperCase());
  return {
    post: {
      operationId: `on${name}`,
      tags: ['Webhooks'],
      summary: type,
      description:
        'Sent to endpoints whose `eventTypes` fit, signed by Standard Webhooks (`webhook-id`, `webhook-timestamp`, `webhook-signature`).',
      requestBody: {
        required: true,
        content: {
          'application/json': {
            schema: Envelope.extend({ type: z.literal(type), data: publishedData[type] }).meta({ id: `${name}Event` }),
          },
        },
      },
      responses: {
        '2XX': { description: 'Taken. Anything else, also a redirect, is tried again.' },
        '410': { description: 'The endpoint is gone: it is disabled.' },
      },
    },
  };
}
