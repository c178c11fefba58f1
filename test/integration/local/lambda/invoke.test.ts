import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AwsError } from '../../../../local/kernel/errors.ts';
import { operator } from '../../../../local/kernel/kernel.ts';
import { kernelForTests, type TestKernel } from '../kernel-for-tests.ts';
import {
  Bundles,
  invoke,
  lambdaForTests,
  printed,
  provisionFunction,
  ROLE,
  type TestLambda,
} from './lambda-for-tests.ts';

describe.each([{ inProcess: false }, { inProcess: true }])('a function (in process: $inProcess)', ({ inProcess }) => {
  let kernel: TestKernel;
  let lambda: TestLambda;
  let bundles: Bundles;

  beforeEach(() => {
    kernel = kernelForTests();
    bundles = new Bundles();
    lambda = lambdaForTests(kernel, bundles, { inProcess });
  });
  afterEach(async () => {
    await lambda.stop();
    bundles.remove();
  });

  const add = (name: string, source: string, more: object = {}) =>
    provisionFunction(kernel, lambda, bundles, name, source, more);

  test('answers what the handler returns, and null for nothing', async () => {
    add('echo', 'exports.handler = async (event) => ({ got: event.word });');
    add('silent', 'exports.handler = async () => {};');
    expect(await invoke(lambda, 'echo', { word: 'hi' })).toEqual({ payload: { got: 'hi' } });
    expect(await invoke(lambda, 'silent')).toEqual({ payload: null });
  });

  test('is found by name, partial ARN and ARN, and only as $LATEST', async () => {
    const { attributes } = add('echo', 'exports.handler = async () => 1;');
    expect(attributes.Arn).toBe('arn:aws:lambda:eu-west-1:111122223333:function:echo');
    for (const reference of [
      attributes.Arn!,
      `${attributes.Arn}:$LATEST`,
      '111122223333:function:echo',
      'echo:$LATEST',
    ]) {
      expect(await invoke(lambda, reference)).toEqual({ payload: 1 });
    }
    for (const reference of ['nobody', 'echo:1', 'arn:aws:lambda:us-east-1:111122223333:function:echo']) {
      await expect(invoke(lambda, reference)).rejects.toMatchObject({ code: 'ResourceNotFoundException', status: 404 });
    }
  });

  /** A layer with one package, and the layer's ARN. */
  const addLayer = (key: string, name: string, source: string, folder?: string) =>
    kernel.provision(lambda, 'AWS::Lambda::LayerVersion', key, {
      LayerName: key,
      Content: bundles.addLayer(key, name, source, folder),
      CompatibleRuntimes: ['nodejs24.x'],
    }).ref;

  describe('with layers', () => {
    const REPORT = `
      const { inner } = require('inner');
      exports.loads = (globalThis.loads = (globalThis.loads ?? 0) + 1);
      exports.report = async () => {
        await null;
        console.log('from', process.env.WHO);
        return { who: process.env.WHO, loads: globalThis.loads, inner };
      };`;

    test('requires their packages, which require each other; of two of one name that of the later layer', async () => {
      const layers = [
        addLayer('first', 'report', 'exports.report = () => "hidden by the second";'),
        addLayer('second', 'report', REPORT),
        addLayer('third', 'inner', "exports.inner = 'third';", 'nodejs/node24/node_modules'),
      ];
      expect(layers[0]).toBe('arn:aws:lambda:eu-west-1:111122223333:layer:first:1');
      add('reports', "exports.handler = () => require('report').report();", { Layers: layers });
      expect(await invoke(lambda, 'reports')).toEqual({ payload: { who: undefined, loads: 1, inner: 'third' } });
      add('without', "exports.handler = () => require('report');");
      expect((await invoke(lambda, 'without')).payload).toMatchObject({ errorType: 'Runtime.ImportModuleError' });
    });

    test('functions share what a layer loads, but never each other’s environment or log', async () => {
      const Layers = [addLayer('shared', 'report', REPORT), addLayer('more', 'inner', 'exports.inner = 1;')];
      const names = ['anna', 'bert', 'carl', 'dora'];
      for (const name of names) {
        const Environment = { Variables: { WHO: name } };
        add(name, "exports.handler = () => require('report').report();", { Layers, Environment });
      }
      const answers = await Promise.all([...names, ...names].map((name) => invoke(lambda, name)));
      expect(answers.map(({ payload }) => payload)).toEqual(
        [...names, ...names].map((who) => ({ who, loads: 1, inner: 1 })),
      );
      for (const name of names) expect(printed(lambda, name)).toEqual([`from ${name}`, `from ${name}`]);
    });

    test('a layer that the template does not have is refused', () => {
      const Layers = ['arn:aws:lambda:eu-west-1:111122223333:layer:nobody:1'];
      expect(() => add('echo', 'exports.handler = () => 1;', { Layers })).toThrow(/layer:nobody:1 does not exist/);
    });
  });

  test('sees its own environment and nothing of the host', async () => {
    process.env.HOST_SECRET = 'leak';
    const source = `
      const fromModule = require('node:process').env;
      exports.handler = async () => ({ env: process.env, same: fromModule === process.env && globalThis.process.env === process.env });`;
    add('one', source, { Environment: { Variables: { TABLE: 'orders' } }, MemorySize: 256 });
    add('two', source, { Environment: { Variables: { TABLE: 'inventory' } } });
    const one = (await invoke(lambda, 'one')).payload as { env: Record<string, string>; same: boolean };
    const two = (await invoke(lambda, 'two')).payload as { env: Record<string, string> };
    delete process.env.HOST_SECRET;
    expect(one.same).toBe(true);
    expect(one.env).toMatchObject({
      TABLE: 'orders',
      AWS_REGION: 'eu-west-1',
      AWS_LAMBDA_FUNCTION_NAME: 'one',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
      AWS_ACCESS_KEY_ID: `AKIA/${ROLE}`,
      NODE_ENV: 'production',
      TZ: ':UTC',
      _HANDLER: 'index.handler',
    });
    expect(one.env.HOST_SECRET).toBeUndefined();
    expect(one.env.PATH).toBeUndefined();
    expect(two.env.TABLE).toBe('inventory');
  });

  test('keeps what it writes to globalThis to itself, and module state between invocations', async () => {
    const source = `let calls = 0;
      exports.handler = async () => { globalThis.shared = (globalThis.shared ?? 0) + 1; return [++calls, globalThis.shared, typeof crypto.randomUUID()]; };`;
    add('one', source);
    add('two', source);
    await invoke(lambda, 'one');
    expect(await invoke(lambda, 'one')).toEqual({ payload: [2, 2, 'string'] });
    expect(await invoke(lambda, 'two')).toEqual({ payload: [1, 1, 'string'] });
  });

  test('gets the context of the invocation', async () => {
    const names = [
      'functionName',
      'functionVersion',
      'invokedFunctionArn',
      'memoryLimitInMB',
      'logGroupName',
      'logStreamName',
    ];
    add(
      'context',
      `exports.handler = async (event, context) => [context.awsRequestId, context.getRemainingTimeInMillis(),
        Object.fromEntries(${JSON.stringify(names)}.map((name) => [name, context[name]]))];`,
      { Timeout: 7, LoggingConfig: { LogGroup: 'group' } },
    );
    const { payload } = await invoke(lambda, 'context');
    expect(payload).toEqual([
      expect.stringMatching(/^[0-9a-f-]{36}$/),
      7000,
      {
        functionName: 'context',
        functionVersion: '$LATEST',
        invokedFunctionArn: 'arn:aws:lambda:eu-west-1:111122223333:function:context',
        memoryLimitInMB: '128',
        logGroupName: 'group',
        logStreamName: 'context/[$LATEST]',
      },
    ]);
  });

  test('an error is answered as the Node.js runtime words it', async () => {
    add(
      'declines',
      `class CardDeclined extends Error { name = 'CardDeclined'; }
       exports.handler = async (event) => { if (event.text) throw 'plain text'; throw new CardDeclined('no funds'); };`,
    );
    expect(await invoke(lambda, 'declines')).toEqual({
      error: 'Unhandled',
      payload: {
        errorType: 'CardDeclined',
        errorMessage: 'no funds',
        trace: expect.arrayContaining([expect.stringContaining(join('declines', 'index.js:2'))]),
      },
    });
    expect(await invoke(lambda, 'declines', { text: true })).toEqual({
      error: 'Unhandled',
      payload: { errorType: 'string', errorMessage: 'plain text', trace: [] },
    });
  });

  test.each([
    ['a missing module', `require('left-pad')`, 'Runtime.ImportModuleError', /Cannot find module 'left-pad'/],
    ['a file outside of the bundle', `require('../../etc/hosts')`, 'Runtime.ImportModuleError', /Cannot find module/],
    ['no handler', `exports.other = 1`, 'Runtime.HandlerNotFound', /^index.handler is undefined or not exported$/],
    ['a syntax error', `exports.handler = async () => {`, 'Runtime.UserCodeSyntaxError', /SyntaxError/],
    ['a throw at load', `throw new RangeError('boom')`, 'RangeError', /^boom$/],
    ['a callback handler', `exports.handler = (e, c, done) => done()`, 'Runtime.CallbackHandlerDeprecated', /callback/],
  ])('%s fails the invocation by its own name', async (_case, source, errorType, errorMessage) => {
    add('broken', source);
    const { error, payload } = await invoke(lambda, 'broken');
    expect(error).toBe('Unhandled');
    expect(payload).toMatchObject({ errorType, errorMessage: expect.stringMatching(errorMessage) });
  });

  test('an answer that is no JSON, or too large, is an error', async () => {
    add('circular', 'exports.handler = async () => { const a = {}; a.a = a; return a; };');
    add('large', "exports.handler = async () => 'x'.repeat(6 * 1024 * 1024 + 200);");
    expect((await invoke(lambda, 'circular')).payload).toMatchObject({ errorType: 'Runtime.JSONStringifyError' });
    expect((await invoke(lambda, 'large')).payload).toMatchObject({ errorType: 'Function.ResponseSizeTooLarge' });
  });

  test('what it prints is kept line by line with the request it belongs to', async () => {
    add(
      'prints',
      `console.log('loading');
       exports.handler = async (event) => { console.log('a %d\\nb', event.n); await null; process.stdout.write('c\\n'); console.error('d'); };`,
    );
    await invoke(lambda, 'prints', { n: 1 });
    expect(printed(lambda, 'prints')).toEqual(['loading', 'a 1', 'b', 'c', 'd']);
    expect(new Set(lambda.logs('prints').map(({ requestId }) => requestId)).size).toBe(1);
  });

  test('follows the clock of the kernel: its dates stand, its timers fire when time moves', async () => {
    add(
      'waits',
      `exports.handler = async () => {
         const before = new Date().toISOString();
         await new Promise((resolve) => setTimeout(resolve, 90_000));
         await require('node:timers/promises').setTimeout(1000);
         return [before, new Date(Date.now()).toISOString(), new Date() instanceof Date];
       };`,
      { Timeout: 900 },
    );
    const answer = invoke(lambda, 'waits');
    await kernel.clock.advance(91_000);
    expect(await answer).toEqual({ payload: ['2026-01-05T09:00:00.000Z', '2026-01-05T09:01:31.000Z', true] });
  });

  test('a handler that never ends times out, and the next invocation starts afresh', async () => {
    add(
      'hangs',
      'let calls = 0; exports.handler = async (event) => { calls += 1; return event.hang ? new Promise(() => {}) : calls; };',
    );
    const answer = invoke(lambda, 'hangs', { hang: true });
    await kernel.clock.advance(2999);
    await kernel.clock.advance(1);
    expect(await answer).toEqual({
      error: 'Unhandled',
      payload: {
        errorType: 'Sandbox.Timedout',
        errorMessage: expect.stringMatching(/^RequestId: [0-9a-f-]{36} Error: Task timed out after 3.00 seconds$/),
      },
    });
    expect(await invoke(lambda, 'hangs')).toEqual({ payload: 1 });
  });

  test('process.exit ends the invocation and the loaded code, not its neighbors', async () => {
    add(
      'exits',
      'let n = 0; exports.handler = async (event) => { n += 1; if (event.exit) process.exit(3); return n; };',
    );
    add('echo', 'let n = 0; exports.handler = async () => ++n;');
    await invoke(lambda, 'exits');
    await invoke(lambda, 'echo');
    expect((await invoke(lambda, 'exits', { exit: true })).payload).toMatchObject({
      errorType: 'Runtime.ExitError',
      errorMessage: expect.stringContaining('Runtime exited with error: exit status 3'),
    });
    expect(await invoke(lambda, 'exits')).toEqual({ payload: 1 });
    expect(await invoke(lambda, 'echo')).toEqual({ payload: 2 });
  });

  test('invocations of one function overlap', async () => {
    add(
      'meets',
      'let waiting; exports.handler = () => new Promise((r) => { if (waiting) { waiting("second came"); r("first was there"); } else waiting = r; });',
    );
    const answers = await Promise.all([invoke(lambda, 'meets'), invoke(lambda, 'meets')]);
    expect(answers).toEqual([{ payload: 'second came' }, { payload: 'first was there' }]);
  });

  test('reserved concurrency refuses what is above it', async () => {
    add('one-at-a-time', 'exports.handler = () => new Promise((r) => setTimeout(r, 1000));', {
      ReservedConcurrentExecutions: 1,
    });
    const first = invoke(lambda, 'one-at-a-time');
    await expect(invoke(lambda, 'one-at-a-time')).rejects.toMatchObject({
      code: 'TooManyRequestsException',
      status: 429,
      details: { Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded' },
    });
    await kernel.clock.advance(1000);
    await first;
    expect(lambda.meter()).toEqual({
      invocations: 1,
      byFunction: { 'one-at-a-time': 1 },
      errorsByFunction: {},
      durationMs: 1000,
    });
  });
});

describe('calls to the service', () => {
  let kernel: TestKernel;
  let lambda: TestLambda;
  let bundles: Bundles;

  beforeEach(() => {
    kernel = kernelForTests();
    bundles = new Bundles();
    lambda = lambdaForTests(kernel, bundles);
    provisionFunction(kernel, lambda, bundles, 'echo', 'exports.handler = async (event) => event;');
  });
  afterEach(async () => {
    await lambda.stop();
    bundles.remove();
  });

  test('an invocation is authorized by the ARN of the function', async () => {
    kernel.deny = ({ action }) => action === 'lambda:InvokeFunction';
    await expect(invoke(lambda, 'echo')).rejects.toBeInstanceOf(AwsError);
    expect(kernel.asked).toEqual([
      {
        principal: operator,
        action: 'lambda:InvokeFunction',
        resource: 'arn:aws:lambda:eu-west-1:111122223333:function:echo',
      },
    ]);
  });

  test('payloads beyond the limits and payloads that are no JSON are refused', async () => {
    const call = (Payload: string, InvocationType: string) =>
      lambda.call('Invoke', { FunctionName: 'echo', Payload, InvocationType }, operator);
    const large = JSON.stringify('x'.repeat(1024 * 1024));
    await expect(call(large, 'Event')).rejects.toMatchObject({ code: 'RequestTooLargeException', status: 413 });
    await expect(call(large, 'RequestResponse')).resolves.toMatchObject({ StatusCode: 200 });
    await expect(call('{', 'RequestResponse')).rejects.toMatchObject({ code: 'InvalidRequestContentException' });
    await expect(call('{}', 'DryRun')).resolves.toEqual({ StatusCode: 204, ExecutedVersion: '$LATEST', Payload: '' });
  });

  test('a runtime, and a variable, that Lambda would treat otherwise are refused in the template', () => {
    const add = (more: object) => () => provisionFunction(kernel, lambda, bundles, 'other', '', more);
    expect(add({ Runtime: 'nodejs18.x' })).toThrow(/nodejs24.x functions only/);
    expect(add({ Environment: { Variables: { AWS_REGION: 'x' } } })).toThrow(/AWS_REGION is reserved/);
    expect(add({ Timeout: 901 })).toThrow(/Timeout/);
  });

  test('a function without a name gets the same one at every start', () => {
    const names = [1, 2].map(
      () =>
        kernel.provision(lambda, 'AWS::Lambda::Function', 'CapturePayment', {
          Code: { S3Bucket: 'assets', S3Key: 'echo' },
          Handler: 'index.handler',
          Runtime: 'nodejs24.x',
          Role: ROLE,
        }).ref,
    );
    expect(names[0]).toMatch(/^test-CapturePayment-[0-9a-f]{12}$/);
    expect(names[1]).toBe(names[0]);
  });
});
