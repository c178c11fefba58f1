import * as z from 'zod';
import { AwsError } from '../kernel/errors.ts';
import type { Kernel, Principal, ResourceHandler, Service, WireRequest } from '../kernel/kernel.ts';
import { parseInput } from '../kernel/parse-input.ts';
import { parseJson } from '../kernel/parse-json.ts';
import { pathSegment } from '../kernel/path-segment.ts';
import { physicalName } from '../kernel/physical-name.ts';
import type { StoredSchedule } from './schedule.ts';
import { Schedules } from './schedules.ts';

type Operations = Record<string, (input: unknown, principal: Principal) => Promise<unknown>>;

/** EventBridge Scheduler. A tick is on disk with the delivery it owes: a restart neither loses nor doubles one. */
export function createScheduler(kernel: Kernel): Service & { nextTick(arn: string): number | undefined } {
  const schedules = new Schedules(kernel);
  const operations = scheduleApi(kernel, schedules);

  const call = async (operation: string, input: unknown, principal: Principal): Promise<unknown> => {
    const handle = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
    if (!handle) throw new AwsError('UnknownOperationException', `Scheduler on this machine has no ${operation}.`, 404);
    return await handle(input, principal);
  };

  return {
    name: 'scheduler',
    nextTick: (arn) => schedules.ticker.dueAt(arn),
    operations: Object.keys(operations),
    call,
    resources: [scheduleResource(schedules), groupResource(schedules)],

    async wire(request) {
      const { operation, input } = route(request);
      const body = JSON.stringify(await call(operation, input, request.principal));
      return { status: 200, headers: { 'content-type': 'application/json' }, body };
    },

    start() {
      const removed = kernel.storage.write(() => schedules.removeLeftOver());
      kernel.track(removed).catch((error: unknown) => kernel.report('scheduler start', error));
      schedules.outbox.start();
      schedules.ticker.start();
    },

    async stop() {
      schedules.outbox.stop();
      schedules.ticker.stop();
    },
  };
}

/** Source of the paths: EventBridge Scheduler API Reference. */
function route({ method, path, query, body }: WireRequest): { operation: string; input: unknown } {
  const name = /^\/schedules\/([^/]+)$/.exec(path)?.[1];
  if (name === undefined) {
    if (method === 'GET' && path === '/schedules') {
      return { operation: 'ListSchedules', input: { GroupName: query.get('ScheduleGroup') ?? undefined } };
    }
    return { operation: `${method} ${path}`, input: {} };
  }
  const key = { Name: pathSegment(name), GroupName: query.get('groupName') ?? undefined };
  switch (method) {
    case 'GET':
      return { operation: 'GetSchedule', input: key };
    case 'DELETE':
      return { operation: 'DeleteSchedule', input: key };
    case 'PUT':
      return { operation: 'UpdateSchedule', input: { ...readJson(body), Name: key.Name } };
    case 'POST':
      return { operation: 'CreateSchedule', input: { ...readJson(body), Name: key.Name } };
    default:
      return { operation: `${method} ${path}`, input: {} };
  }
}

function readJson(body: Buffer): Record<string, unknown> {
  try {
    return z.record(z.string(), z.unknown()).parse(parseJson(body.toString()));
  } catch {
    throw new AwsError('SerializationException', 'The request is not a JSON object.');
  }
}

const keyShape = z.strictObject({ Name: z.string(), GroupName: z.string().default('default') });
const listShape = z.strictObject({ GroupName: z.string().optional() });

function scheduleApi(kernel: Kernel, schedules: Schedules): Operations {
  const locate = (input: unknown, action: string, principal: Principal) => {
    const { Name, GroupName } = parseInput(keyShape, input);
    const arn = schedules.arn(GroupName, Name);
    kernel.authorizer.authorize(principal, `scheduler:${action}`, arn);
    const stored = schedules.find(arn);
    if (!stored) throw new AwsError('ResourceNotFoundException', `Schedule ${Name} does not exist.`, 404);
    return { arn, stored };
  };

  return {
    async CreateSchedule(input, principal) {
      // A token that makes the call repeatable: a name that exists is refused anyway.
      const { ClientToken: _, ...asked } = parseInput(z.looseObject({ ClientToken: z.string().optional() }), input);
      const { Name, GroupName } = parseInput(z.looseObject(keyShape.shape), asked);
      const arn = schedules.arn(GroupName, Name);
      kernel.authorizer.authorize(principal, 'scheduler:CreateSchedule', arn);
      if (!schedules.hasGroup(GroupName)) {
        throw new AwsError('ResourceNotFoundException', `Schedule group ${GroupName} does not exist.`, 404);
      }
      if (schedules.find(arn)) throw new AwsError('ConflictException', `Schedule ${Name} already exists.`, 409);
      await kernel.track(kernel.storage.write(() => schedules.save(asked, false)));
      return { ScheduleArn: arn };
    },

    // The new definition is the whole one: what is left out goes back to its default.
    async UpdateSchedule(input, principal) {
      const { ClientToken: _, ...asked } = parseInput(z.looseObject({ ClientToken: z.string().optional() }), input);
      const { Name, GroupName } = parseInput(z.looseObject(keyShape.shape), asked);
      const { arn, stored } = locate({ Name, GroupName }, 'UpdateSchedule', principal);
      await kernel.track(kernel.storage.write(() => schedules.save(asked, stored.fromTemplate)));
      return { ScheduleArn: arn };
    },

    async GetSchedule(input, principal) {
      const { arn, stored } = locate(input, 'GetSchedule', principal);
      const { StartDate, EndDate, ...definition } = stored.definition;
      return {
        Arn: arn,
        ...definition,
        CreationDate: stored.createdAt / 1000,
        ...(StartDate !== undefined && { StartDate: StartDate / 1000 }),
        ...(EndDate !== undefined && { EndDate: EndDate / 1000 }),
      };
    },

    async DeleteSchedule(input, principal) {
      const { arn } = locate(input, 'DeleteSchedule', principal);
      await kernel.track(kernel.storage.write(() => schedules.remove(arn)));
      return {};
    },

    async ListSchedules(input, principal) {
      const { GroupName } = parseInput(listShape, input);
      kernel.authorizer.authorize(principal, 'scheduler:ListSchedules', schedules.arn(GroupName ?? '*', '*'));
      const found = schedules.all().filter(({ definition }) => !GroupName || definition.GroupName === GroupName);
      return { Schedules: found.map((stored) => summarize(schedules, stored)) };
    },
  };
}

function summarize(schedules: Schedules, { definition, createdAt }: StoredSchedule) {
  const { Name, GroupName, State, Target } = definition;
  const Arn = schedules.arn(GroupName, Name);
  return { Arn, Name, GroupName, State, Target: { Arn: Target.Arn }, CreationDate: createdAt / 1000 };
}

function scheduleResource(schedules: Schedules): ResourceHandler {
  const target = ['Arn', 'RoleArn', 'Input', 'RetryPolicy', 'DeadLetterConfig.Arn', 'SqsParameters.MessageGroupId'];
  return {
    type: 'AWS::Scheduler::Schedule',
    honored: [
      'Name',
      'GroupName',
      'Description',
      'ScheduleExpression',
      'ScheduleExpressionTimezone',
      'StartDate',
      'EndDate',
      'State',
      'FlexibleTimeWindow',
      ...target.map((name) => `Target.${name}`),
    ],
    ignored: ['KmsKeyArn'],
    provision(resource) {
      const { KmsKeyArn: _, ...asked } = resource.properties;
      const Name = typeof asked.Name === 'string' ? asked.Name : physicalName(resource, 64);
      if (typeof asked.GroupName === 'string' && !schedules.hasGroup(asked.GroupName)) {
        throw new Error(`${resource.logicalId}: there is no schedule group ${asked.GroupName}`);
      }
      return { ref: Name, attributes: { Arn: schedules.save({ ...asked, Name }, true) } };
    },
  };
}

function groupResource(schedules: Schedules): ResourceHandler {
  return {
    type: 'AWS::Scheduler::ScheduleGroup',
    honored: ['Name'],
    ignored: ['Tags'],
    provision(resource) {
      const name = typeof resource.properties.Name === 'string' ? resource.properties.Name : physicalName(resource, 64);
      schedules.saveGroup(name);
      return { ref: name, attributes: { Arn: schedules.groupArn(name) } };
    },
  };
}
