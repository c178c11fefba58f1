import * as z from 'zod';
import { OperationId } from '../../../shared/ports/operations.ts';

export const operationPath = {
  schema: z.object({ id: OperationId }),
  problems: { id: 'operation_not_found' },
} as const;
