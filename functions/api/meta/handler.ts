import * as z from 'zod';
import documents from '../../../dist/api/documents.json' with { type: 'json' };
import { parseEnv, requiredVariable } from '../../../shared/runtime/env.ts';
import { metaRoutes } from './meta.ts';

const env = parseEnv(z.object({ STAGE: requiredVariable }));

export const handler = metaRoutes({ stage: env.STAGE, documents });
