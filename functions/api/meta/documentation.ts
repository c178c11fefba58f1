import * as z from 'zod';
import { documented } from '../../../shared/api/documentation.ts';
import { metaContracts } from './contract.ts';

export const metaDocumentation = documented('Meta', metaContracts, {
  health: {
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
    summary: 'This document',
    description: 'OpenAPI 3.1.',
    responses: { 200: { description: 'The document.', schema: z.looseObject({ openapi: z.string() }) } },
  },
  docs: {
    summary: 'This document for people',
    description: 'One page that loads nothing else.',
    responses: { 200: { description: 'The page.', schema: z.string(), contentType: 'text/html' } },
  },
});
