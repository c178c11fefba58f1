import { AssetIndex } from '../assembly/assets.ts';
import { IGNORED_RESOURCES } from '../assembly/ignored-resources.ts';
import { intrinsicNames } from '../assembly/intrinsics.ts';
import { faultKinds } from '../faults/fault-rule.ts';
import { createIam } from '../iam/service.ts';
import { FakeClock } from '../kernel/fake-clock.ts';
import type { Kernel, Service } from '../kernel/kernel.ts';
import { openStorage } from '../kernel/storage.ts';
import { createServices } from '../services.ts';
import { stateFields } from '../stepfunctions/definition.ts';
import { OPTIMIZED, SDK } from '../stepfunctions/resources.ts';
import { REFUSED_FIELDS } from '../stepfunctions/validate.ts';

/** What this machine honors, as its own code has it. */
export interface Facts {
  services: { name: string; operations: readonly string[] }[];
  resources: { type: string; service: string; honored: string[]; ignored: string[] }[];
  ignoredResources: { type: string; reason: string }[];
  intrinsics: readonly string[];
  states: { type: string; fields: string[] }[];
  optimized: Readonly<Record<string, readonly string[]>>;
  sdk: readonly string[];
  refusedFields: { field: string; why: string }[];
  faults: readonly string[];
}

/** Makes the services as a start does, without a template, and asks them. */
export async function collectFacts(): Promise<Facts> {
  const place = { region: 'us-east-1', account: '000000000000' };
  const iam = createIam(place);
  const storage = openStorage(undefined);
  const kernel: Kernel = {
    ...place,
    clock: new FakeClock(),
    storage,
    authorizer: iam.authorizer,
    endpoint: 'http://127.0.0.1:4566',
    call: () => Promise.reject(new Error('nothing is called')),
    track: (work) => work,
    report: () => {},
  };
  const services = createServices(kernel, new AssetIndex(), 'http://127.0.0.1:4600', { inProcess: true });
  const all: Service[] = [...Object.values(services), iam.service];
  const facts: Facts = {
    services: all
      .filter(({ operations }) => operations)
      .map(({ name, operations = [] }) => ({ name, operations: operations.toSorted() }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    resources: all
      .flatMap(({ name, resources }) =>
        resources.map(({ type, honored, ignored }) => ({
          type,
          service: name,
          honored: honored.toSorted(),
          ignored: ignored.toSorted(),
        })),
      )
      .toSorted((a, b) => (a.type < b.type ? -1 : 1)),
    ignoredResources: [...IGNORED_RESOURCES].map(([type, { reason }]) => ({ type, reason })),
    intrinsics: intrinsicNames,
    states: stateFields(),
    optimized: OPTIMIZED,
    sdk: SDK,
    refusedFields: [...REFUSED_FIELDS].map(([field, why]) => ({ field, why })),
    faults: faultKinds,
  };
  await services.lambda.stop();
  await storage.close();
  return facts;
}
