import * as z from 'zod';
import { documented } from '../../../shared/api/documentation.ts';
import { ExecutionResource } from '../../../shared/api/order-resources.ts';
import { executionContracts } from './contract.ts';

export const executionDocumentation = documented('Orders', executionContracts, {
  listOrderExecutions: {
    summary: 'List the workflow executions of an order',
    description: 'Those that its events started, oldest first, with what Step Functions says of each.',
    responses: {
      200: { description: 'Executions.', schema: z.looseObject({ data: z.array(ExecutionResource) }) },
    },
  },
});
