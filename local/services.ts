import type { Assets } from './assembly/assets.ts';
import { createDynamoDb, type DynamoDb } from './dynamodb/service.ts';
import { createEventBridge } from './eventbridge/service.ts';
import type { Faults } from './faults/faults.ts';
import { createHttpApi, type HttpApi } from './http-api/service.ts';
import { credentialsFor } from './iam/credentials.ts';
import type { Kernel, Service } from './kernel/kernel.ts';
import { createLambda, type LambdaOptions, type LambdaService } from './lambda/service.ts';
import { createLogs } from './logs/service.ts';
import { createParameterStore } from './parameters/service.ts';
import { createS3 } from './s3/service.ts';
import { createScheduler } from './scheduler/service.ts';
import { createSecrets } from './secrets/service.ts';
import { createSes } from './ses/service.ts';
import { createSqs } from './sqs/service.ts';
import { createStepFunctions } from './stepfunctions/service.ts';
import { createSts } from './sts/service.ts';

/** How functions run; see `LambdaOptions`. */
export type FunctionRunner = Pick<
  LambdaOptions,
  'workers' | 'inProcess' | 'reload' | 'patient' | 'onLog' | 'onInvocationError' | 'exchange'
>;

/** The services of this machine, by name. They start in this order and stop in the opposite one. */
export interface Services {
  dynamodb: DynamoDb;
  sqs: ReturnType<typeof createSqs>;
  s3: ReturnType<typeof createS3>;
  ses: ReturnType<typeof createSes>;
  ssm: ReturnType<typeof createParameterStore>;
  sts: Service;
  secretsmanager: ReturnType<typeof createSecrets>;
  lambda: LambdaService;
  logs: Service;
  states: ReturnType<typeof createStepFunctions>;
  events: ReturnType<typeof createEventBridge>;
  scheduler: ReturnType<typeof createScheduler>;
  apigateway: HttpApi;
}

/** @param apiUrl where the HTTP API is reached
 * @param faults stands between what feeds functions and them, if faults can be planned */
export function createServices(
  kernel: Kernel,
  assets: Assets,
  apiUrl: string,
  runner: FunctionRunner,
  faults?: Faults,
): Services {
  const dynamodb = createDynamoDb(kernel);
  const sqs = createSqs(kernel);
  const lambda = createLambda(kernel, {
    ...runner,
    streams: faults?.streams(dynamodb) ?? dynamodb,
    queues: faults?.queues(sqs, kernel) ?? sqs,
    // Assets are known by their content's hash, which is their key in any bucket.
    codeDirectory: (_bucket, key) => assets.directory(key),
    credentials: credentialsFor,
  });
  return {
    dynamodb,
    sqs,
    s3: createS3(kernel),
    ses: createSes(kernel),
    ssm: createParameterStore(kernel),
    sts: createSts(kernel),
    secretsmanager: createSecrets(kernel),
    lambda,
    logs: createLogs(kernel, () => lambda.logSources()),
    states: createStepFunctions(kernel, { readAsset: (_bucket, key) => assets.text(key) }),
    events: createEventBridge(kernel, sqs),
    scheduler: createScheduler(kernel),
    apigateway: createHttpApi(kernel, apiUrl),
  };
}

export function servicesByName(services: Services): Map<string, Service> {
  return new Map<string, Service>(Object.values(services).map((service: Service) => [service.name, service]));
}
