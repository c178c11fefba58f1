import { documented } from '../../../shared/api/documentation.ts';
import { OperationResource } from '../../../shared/api/operation-resources.ts';
import { operationContracts } from './contract.ts';

export const operationDocumentation = documented('Operations', operationContracts, {
  startOutage: {
    summary: 'Take a location out of service',
    description:
      'Nothing new is routed there, and what it has not begun to pick goes to other locations, one order at a time. The answer is the operation that does so: read it for the progress. The same request again answers the same operation.',
    bodyExample: { reason: 'flooded', until: '2026-01-07T08:00:00Z' },
    responses: { 202: { description: 'Under way.', schema: OperationResource } },
  },
  endOutage: {
    summary: 'Put a location back into service',
    description:
      'At once. What has been re-routed stays where it is; what has not is no longer moved. Orders that wait for supply get another go within five minutes.',
    responses: { 204: { description: 'In service.' } },
  },
  getOperation: {
    summary: 'Read an operation',
    description: 'Its progress as of now. Kept for good; its list of what was done, for 30 days.',
    responses: { 200: { description: 'The operation.', schema: OperationResource } },
  },
});
