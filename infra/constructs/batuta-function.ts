import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Policy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Code, type ILayerVersion, Function as LambdaFunction, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { FunctionSpec } from '../functions/spec.ts';
import { paths } from '../paths.ts';
import { acknowledge, acknowledgeWildcards } from './acknowledge.ts';
import { functionPlatform } from './function-platform.ts';

export interface Grant {
  actions: readonly string[];
  /** ARNs. */
  resources: readonly string[];
  conditions?: Record<string, Record<string, string>>;
  /** Why a resource has a wildcard, if one has: AWS takes nothing narrower. */
  wildcard?: string;
}

export interface BatutaFunctionProps {
  stage: string;
  spec: FunctionSpec;
  environment: Record<string, string>;
  /** What its bundle requires and does not hold. */
  packages: ILayerVersion;
}

/** What all functions have in common: runtime, bundle, own role, own log group, tracing. */
export class BatutaFunction extends Construct {
  readonly lambda: LambdaFunction;
  readonly spec: FunctionSpec;
  readonly #role: Role;

  /** @throws Error if the function has no bundle */
  constructor(scope: Construct, id: string, { stage, spec, environment, packages }: BatutaFunctionProps) {
    super(scope, id);
    this.spec = spec;
    const functionName = `batuta-${stage}-${spec.folder.replaceAll('/', '-')}`;
    this.#role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `What ${functionName} may do`,
    });
    const logGroup = new LogGroup(this, 'Logs', {
      logGroupName: `/aws/lambda/${functionName}`,
      retention: RetentionDays.ONE_MONTH,
      // Logs are no record: what happened to an order is in its event rows.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    logGroup.grantWrite(this.#role);
    this.lambda = new LambdaFunction(this, 'Function', {
      functionName,
      description: spec.description,
      ...functionPlatform,
      handler: 'index.handler',
      code: Code.fromAsset(bundleOf(spec)),
      layers: [packages],
      memorySize: spec.memory,
      timeout: Duration.seconds(spec.timeout),
      environment,
      role: this.#role,
      logGroup,
      // One trace joins a request, its workflow and its steps. X-Ray samples one request a second and 5 % of the rest: cents a day.
      tracing: Tracing.ACTIVE,
    });
    acknowledge(this.#role, {
      'AwsSolutions-IAM5[Resource::*]':
        'X-Ray has no resources to name: PutTraceSegments and PutTelemetryRecords take only "*".',
    });
    acknowledge(this.lambda, {
      'Serverless-LambdaDLQ': NEVER_ASYNCHRONOUS,
      'Serverless-LambdaAsyncFailureDestination': NEVER_ASYNCHRONOUS,
    });
  }

  grant({ actions, resources, conditions, wildcard }: Grant): void {
    const statement = new PolicyStatement({
      actions: [...actions],
      resources: [...resources],
      ...(conditions && { conditions }),
    });
    if (!wildcard) {
      this.#role.addToPrincipalPolicy(statement);
      return;
    }
    // A policy of its own, so that what is accepted here is accepted for nothing else.
    const id = `May${actions[0]?.split(':')[1]}`;
    const policy = new Policy(this, id, { statements: [statement], roles: [this.#role] });
    acknowledgeWildcards(policy, resources, wildcard);
    this.lambda.node.addDependency(policy);
  }
}

const NEVER_ASYNCHRONOUS =
  'Called by the API, a state machine or an event source mapping, all of which wait for the answer and retry themselves.';

function bundleOf(spec: FunctionSpec): string {
  if (!existsSync(join(paths.functions, spec.folder, 'handler.ts'))) {
    throw new Error(`functions/${spec.folder}/handler.ts is missing, but infra/functions lists ${spec.folder}`);
  }
  const bundle = join(paths.bundles, spec.folder);
  if (!existsSync(join(bundle, 'index.js'))) {
    throw new Error(`functions/${spec.folder} is not bundled yet: run npm run build first`);
  }
  return bundle;
}
