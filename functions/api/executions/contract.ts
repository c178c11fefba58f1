import { orderPath } from '../../../shared/api/parameters.ts';
import { defineContracts } from '../../../shared/runtime/contract.ts';

/** Apart from the other routes of orders: alone it needs the client of Step Functions. */
export const executionContracts = defineContracts({
  listOrderExecutions: {
    method: 'GET',
    path: '/v1/orders/{id}/executions',
    operationId: 'listOrderExecutions',
    roles: ['agent', 'admin'],
    params: orderPath,
    problems: ['order_not_found'],
    idempotencyKey: 'none',
    ifMatch: 'none',
  },
});
