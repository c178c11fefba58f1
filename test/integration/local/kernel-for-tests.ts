import { AwsError } from '../../../local/kernel/errors.ts';
import { FakeClock } from '../../../local/kernel/fake-clock.ts';
import type { Kernel, Principal, Resource, Service } from '../../../local/kernel/kernel.ts';
import { openStorage } from '../../../local/kernel/storage.ts';

export interface Asked {
  principal: Principal;
  action: string;
  resource: string;
  context?: Record<string, string | string[]>;
}

export interface TestKernel extends Kernel {
  readonly clock: FakeClock;
  /** What services were asked to authorize, in order. */
  readonly asked: Asked[];
  /** What services reported as failed. */
  readonly reports: { where: string; error: unknown }[];
  /** Services that `call` reaches, by name. */
  readonly services: Map<string, Pick<Service, 'call'>>;
  /** Answers true for what is to be denied; nothing is, at first. */
  deny: (asked: Asked) => boolean;
  provision(service: Service, type: string, logicalId: string, properties: Record<string, unknown>): Provisioned;
}

export interface Provisioned {
  ref: string;
  attributes: Record<string, string>;
}

/** A kernel on a fake clock. With a `directory`, two after each other see the same data: a restart. */
export function kernelForTests(directory?: string, start?: number): TestKernel {
  const clock = new FakeClock(start);
  const storage = openStorage(directory);
  const asked: Asked[] = [];
  const reports: TestKernel['reports'] = [];
  const services: TestKernel['services'] = new Map();
  const kernel: TestKernel = {
    clock,
    storage,
    asked,
    reports,
    services,
    deny: () => false,
    region: 'eu-west-1',
    account: '111122223333',
    endpoint: 'http://127.0.0.1:4566',
    authorizer: {
      authorize(principal, action, resource, context) {
        const question = { principal, action, resource, ...(context && { context }) };
        asked.push(question);
        if (kernel.deny(question))
          throw new AwsError('AccessDeniedException', `not authorized to perform: ${action}`, 403);
      },
    },
    async call(service, operation, input, principal) {
      const found = services.get(service);
      if (!found) throw new AwsError('UnknownEndpoint', `no service ${service} in this test`);
      return await clock.track(found.call(operation, input, principal));
    },
    track: (work) => clock.track(work),
    report: (where, error) => reports.push({ where, error }),
    provision(service, type, logicalId, properties) {
      const handler = service.resources.find((each) => each.type === type);
      if (!handler) throw new Error(`${service.name} provides no ${type}`);
      const resource: Resource = { logicalId, type, stackName: 'test', properties };
      return handler.provision(resource);
    },
  };
  return kernel;
}
