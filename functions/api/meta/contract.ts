import * as z from 'zod';
import { defineContracts } from '../../../shared/runtime/contract.ts';

const tag = 'Meta';
const open = { tag, roles: 'public', problems: [], idempotencyKey: 'none', ifMatch: 'none' } as const;

export const metaContracts = defineContracts({
  health: {
    ...open,
    method: 'GET',
    path: '/v1/health',
    operationId: 'getHealth',
    summary: 'Is the API there?',
    description: 'Answers without asking any other service.',
    responses: {
      200: {
        description: 'It is.',
        schema: z.looseObject({ status: z.literal('ok'), stage: z.string(), version: z.string() }),
      },
    },
  },
  openapi: {
    ...open,
    method: 'GET',
    path: '/v1/openapi.json',
    operationId: 'getOpenApi',
    summary: 'This document',
    description: 'OpenAPI 3.1.',
    responses: { 200: { description: 'The document.', schema: z.looseObject({ openapi: z.string() }) } },
  },
  docs: {
    ...open,
    method: 'GET',
    path: '/docs',
    operationId: 'getDocs',
    summary: 'This document for people',
    description: 'One page that loads nothing else.',
    responses: { 200: { description: 'The page.', schema: z.string(), contentType: 'text/html' } },
  },
});
