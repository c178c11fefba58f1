import { type Kernel, operator } from '../kernel/kernel.ts';
import type { Services } from '../services.ts';

/** Where the pages read: the services by the same calls that the AWS CLI makes, and what they show beside them. */
export interface Source {
  /** Calls a service as the person at this machine. */
  ask(service: keyof Services, operation: string, input: object): Promise<unknown>;
  services: Services;
  now(): number;
}

export const sourceOf = (services: Services, { clock }: Pick<Kernel, 'clock'>): Source => ({
  ask: (service, operation, input) => services[service].call(operation, input, operator),
  services,
  now: () => clock.now(),
});
