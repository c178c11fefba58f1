import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Kernel, Principal } from '../../../../local/kernel/kernel.ts';
import { operator } from '../../../../local/kernel/kernel.ts';
import type { QueueSource, StreamSource } from '../../../../local/kernel/streams.ts';
import type { LambdaFunction } from '../../../../local/lambda/function.ts';
import { createLambda, type InvokeOutput, type LambdaOptions } from '../../../../local/lambda/service.ts';
import type { TestKernel } from '../kernel-for-tests.ts';

/** Bundles in a folder of their own, as cdk.out holds them: `<key>/index.js`. */
export class Bundles {
  readonly root = mkdtempSync(join(tmpdir(), 'batuta-lambda-'));

  /** Returns the property `Code` for the source of an index.js. */
  add(key: string, source: string): { S3Bucket: string; S3Key: string } {
    mkdirSync(join(this.root, key), { recursive: true });
    writeFileSync(join(this.root, key, 'index.js'), source);
    return { S3Bucket: 'assets', S3Key: key };
  }

  /** Returns the property `Content` for a layer with one package, in the folder `nodejs/node_modules`. */
  addLayer(key: string, name: string, source: string, folder = 'nodejs/node_modules') {
    const directory = join(this.root, key, folder, name);
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, 'index.js'), source);
    return { S3Bucket: 'assets', S3Key: key };
  }

  remove(): void {
    rmSync(this.root, { recursive: true });
  }
}

export const noStreams: StreamSource = { readStream: () => [], onStreamAppend: () => () => {} };

export const noQueues: QueueSource = {
  receiveFromQueue: async () => [],
  deleteFromQueue: async () => {},
  onQueueVisible: () => () => {},
};

export function lambdaForTests(kernel: Kernel, bundles: Bundles, more: Partial<LambdaOptions> = {}) {
  return createLambda(kernel, {
    codeDirectory: (_bucket, key) => join(bundles.root, key),
    streams: noStreams,
    queues: noQueues,
    credentials: (roleArn) => ({ accessKeyId: `AKIA/${roleArn}`, secretAccessKey: 'secret' }),
    ...more,
  });
}

export type TestLambda = ReturnType<typeof lambdaForTests>;

export const ROLE = 'arn:aws:iam::111122223333:role/step';

/** Provisions a function whose bundle is `source`; its name is `name`. */
export function provisionFunction(
  kernel: Pick<TestKernel, 'provision'>,
  lambda: TestLambda,
  bundles: Bundles,
  name: string,
  source: string,
  more: object = {},
): { ref: string; attributes: Record<string, string> } {
  return kernel.provision(lambda, 'AWS::Lambda::Function', name, {
    FunctionName: name,
    Code: bundles.add(name, source),
    Handler: 'index.handler',
    Runtime: 'nodejs24.x',
    Role: ROLE,
    ...more,
  });
}

export async function invoke(
  lambda: TestLambda,
  FunctionName: string,
  event: unknown = {},
  principal: Principal = operator,
): Promise<{ error?: string; payload: unknown }> {
  const input = { FunctionName, InvocationType: 'RequestResponse', Payload: JSON.stringify(event) };
  const output = (await lambda.call('Invoke', input, principal)) as InvokeOutput;
  const payload: unknown = JSON.parse(output.Payload);
  return output.FunctionError ? { error: output.FunctionError, payload } : { payload };
}

export function printed(lambda: TestLambda, functionName: string): string[] {
  return lambda.logs(functionName).flatMap(({ text, platform }) => (platform ? [] : [text]));
}

/** A function as the registry holds it, whose log is text or JSON. */
export function lambdaFunction(format: 'Text' | 'JSON'): LambdaFunction {
  const arn = 'arn:aws:lambda:us-east-1:000000000000:function:step';
  return {
    name: 'step',
    arn,
    role: ROLE,
    description: '',
    timeoutSeconds: 3,
    reservedConcurrency: undefined,
    deadLetterArn: undefined,
    layers: [],
    code: {
      name: 'step',
      arn,
      directory: '/nowhere',
      layers: [],
      handler: 'index.handler',
      memoryMegabytes: 256,
      logGroup: '/aws/lambda/step',
      environment: { AWS_LAMBDA_LOG_FORMAT: format },
      generation: 0,
    },
  };
}
