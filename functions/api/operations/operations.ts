import type { LocationId } from '../../../shared/domain/ids.ts';
import type { Inventory } from '../../../shared/ports/inventory.ts';
import {
  type Operation,
  OperationId,
  type OperationProgress,
  type OperationStore,
  type OutageStore,
} from '../../../shared/ports/operations.ts';
import { isoNow, type System } from '../../../shared/ports/system.ts';
import type { Answer } from '../../../shared/runtime/answer.ts';
import { ProblemError } from '../../../shared/runtime/problem.ts';
import type { ApiRequest } from '../../../shared/runtime/request.ts';
import type { Machine, WorkflowInput } from '../../../shared/workflows/triggers.ts';
import type { operationContracts } from './contract.ts';

type RequestOf<Name extends keyof typeof operationContracts> = ApiRequest<(typeof operationContracts)[Name]>;

export interface OperationsDeps {
  inventory: Pick<Inventory, 'locations'>;
  operations: Pick<OperationStore, 'load'>;
  outages: OutageStore;
  system: System;
  start(machine: Machine, name: string, input: WorkflowInput): Promise<void>;
}

/** The outage and its operation are written first: should the start be lost, `stuck-orders` makes up for it. */
export async function startOutage(deps: OperationsDeps, request: RequestOf<'startOutage'>): Promise<Answer> {
  const { id: locationId } = request.params;
  const { reason, until } = request.body;
  await mustExist(deps, locationId);
  const now = isoNow(deps.system);
  if (until !== undefined && Date.parse(until) <= Date.parse(now)) {
    const errors = [{ pointer: '/until', code: 'in_the_past', detail: 'Must be in the future.' }];
    throw new ProblemError('validation_failed', undefined, { errors });
  }
  const ends = until === undefined ? undefined : new Date(until).toISOString();
  const operation: Operation = {
    id: OperationId.parse(`op_${deps.system.ulid()}`),
    type: 'location_outage',
    locationId,
    reason,
    state: 'RUNNING',
    phase: 'LISTING',
    round: 1,
    found: 0,
    startedBy: request.actor.id,
    startedAt: now,
  };
  const started = await deps.outages.start(operation, ends);
  if (started.outcome === 'started') {
    await deps.start('site-outage', operation.id, { operationId: operation.id });
    return underWay(deps, operation.id);
  }
  const { operationId } = started;
  if (started.reason === reason && started.until === ends) return underWay(deps, operationId);
  throw new ProblemError('outage_exists', `Out of service: ${started.reason}.`, { extensions: { operationId } });
}

const underWay = async (deps: OperationsDeps, id: OperationId): Promise<Answer> => ({
  status: 202,
  headers: { location: `/v1/operations/${id}` },
  body: await representation(deps, id),
});

export async function endOutage(deps: OperationsDeps, { params }: RequestOf<'endOutage'>): Promise<Answer> {
  await mustExist(deps, params.id);
  if (!(await deps.outages.end(params.id))) throw new ProblemError('outage_not_found');
  return { status: 204 };
}

export const getOperation = async (deps: OperationsDeps, { params }: RequestOf<'getOperation'>): Promise<Answer> => ({
  status: 200,
  body: await representation(deps, params.id),
});

async function mustExist({ inventory }: OperationsDeps, id: LocationId): Promise<void> {
  if (!(await inventory.locations()).some((location) => location.id === id)) {
    throw new ProblemError('location_not_found');
  }
}

async function representation({ operations }: OperationsDeps, id: OperationId) {
  const operation = await operations.load(id);
  if (!operation) throw new ProblemError('operation_not_found');
  return represent(operation);
}

const represent = (one: OperationProgress) => ({
  id: one.id,
  type: one.type,
  locationId: one.locationId,
  reason: one.reason,
  state: one.state,
  total: one.total,
  done: one.done,
  failed: one.failed,
  outcomes: one.outcomes,
  startedBy: one.startedBy,
  startedAt: one.startedAt,
  updatedAt: one.updatedAt,
});
