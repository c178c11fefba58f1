import { expect, test } from 'vitest';
import { type LogFilter, parseLogFilter } from '../../../../local/lambda/log-filter.ts';
import { LogPrinter } from '../../../../local/lambda/log-printer.ts';

const NOON = Date.UTC(2026, 0, 5, 12);
const ORDER = 'ord_01M80CMK1F2V6TWC6N15Z0P5CY';

function printer(options: { readable?: boolean; colored?: boolean; filters?: LogFilter[] } = {}) {
  const written: string[] = [];
  const one = new LogPrinter({
    write: (text) => written.push(text),
    readable: options.readable ?? true,
    colored: options.colored ?? false,
    filters: options.filters ?? [],
    folderOf: (name) => name.replace('batuta-dev-', '').replace('-', '/'),
    original: (line) => line.replace('/asset/index.js:7:1', 'functions/steps/park-order/handler.ts:12:3'),
    now: () => NOON,
  });
  const log = (functionName: string, entry: object | string) => {
    const text =
      typeof entry === 'string' ? entry : JSON.stringify({ timestamp: '2026-01-05T12:00:01.234Z', ...entry });
    one.line({ functionName: `batuta-dev-${functionName}`, requestId: 'r-1', text });
  };
  /** Lines of one turn of the event loop are one write. */
  const printed = async () => {
    await new Promise((resolve) => setImmediate(resolve));
    return written.splice(0).join('').split('\n').slice(0, -1);
  };
  return { one, log, printed };
}

test('a line says when, who, which order, what, and the fields that are of use', async () => {
  const { one, log, printed } = printer();
  one.open();
  log('api-orders', {
    level: 'INFO',
    message: 'request',
    service: 'batuta-dev-api-orders',
    requestId: 'r-1',
    keyId: 'k-1',
    route: 'GET /v1/orders/{id}',
    method: 'GET',
    status: 200,
    orderId: ORDER,
    milliseconds: 12,
  });
  log('steps-reserve-stock', {
    level: 'WARN',
    message: 'slow',
    step: 'ReserveStock',
    attempt: 2,
    note: 'x'.repeat(100),
  });
  log('subscribers-x', { level: 'INFO', message: 'sent', eventId: 'evt_1', type: 'order.placed', subject: ORDER });
  log('steps-reserve-stock', 'not JSON');
  expect(await printed()).toEqual([
    `12:00:01.234 api/orders                 ${ORDER} GET /v1/orders/{id} 200 12 ms`,
    `12:00:01.234 steps/reserve-stock        ${' '.repeat(30)} WARN slow attempt=2 note=${'x'.repeat(80)}…`,
    `12:00:01.234 subscribers/x              ${ORDER} sent type=order.placed`,
    `12:00:00.000 steps/reserve-stock        ${' '.repeat(30)} not JSON`,
  ]);
});

test('a failure has its stack in TypeScript under it, and is not said again when the invocation fails of it', async () => {
  const { one, log, printed } = printer();
  one.open();
  const stack = 'NoStock: none\n    at run (/asset/index.js:7:1)\n    at process.tick (node:internal:1:1)';
  log('steps-park-order', {
    level: 'WARN',
    message: 'step failed',
    failure: { name: 'NoStock', message: 'none', stack },
  });
  const error = { errorType: 'NoStock', errorMessage: 'none', trace: stack.split('\n') };
  one.invocationError('batuta-dev-steps-park-order', 'r-1', error);
  expect((await printed()).slice(1)).toEqual([
    '    NoStock: none',
    '      at run (functions/steps/park-order/handler.ts:12:3)',
  ]);
  one.invocationError('batuta-dev-steps-park-order', 'r-2', {
    errorType: 'Sandbox.Timedout',
    errorMessage: 'Task timed out',
  });
  expect(await printed()).toEqual([
    expect.stringMatching(/steps\/park-order +ERROR invocation failed$/),
    '    Sandbox.Timedout: Task timed out',
  ]);
});

test('before the banner nothing is printed; after it, warnings from before are, and where lines are for machines all of them', async () => {
  for (const readable of [true, false]) {
    const { one, log, printed } = printer({ readable });
    log('api-orders', { level: 'INFO', message: 'seeded' });
    log('api-orders', { level: 'ERROR', message: 'not seeded' });
    expect(await printed()).toEqual([]);
    one.open();
    const lines = await printed();
    expect(lines.length).toBe(readable ? 1 : 2);
    expect(lines.at(-1)).toContain('not seeded');
  }
});

test('where lines are for machines they are what the function wrote', async () => {
  const { one, log, printed } = printer({ readable: false });
  one.open();
  log('api-orders', 'exactly {this} ');
  one.invocationError('batuta-dev-api-orders', 'r-1', { errorType: 'E', errorMessage: 'e' });
  expect(await printed()).toEqual(['exactly {this} ']);
});

test.each([
  [['warn'], ['bad', 'worse']],
  [['error'], ['worse']],
  [['steps'], ['good', 'bad']],
  [['orders'], ['worse']],
  [['api/orders'], ['worse']],
  [['steps', 'warn'], ['bad']],
  [[ORDER], ['bad', 'worse']],
  [['off'], []],
])('--log %j lets through %j', async (filters, expected) => {
  const { one, log, printed } = printer({ filters: filters.map(parseLogFilter), readable: false });
  one.open();
  log('steps-reserve-stock', { level: 'INFO', message: 'good' });
  log('steps-reserve-stock', { level: 'WARN', message: 'bad', orderId: ORDER });
  log('api-orders', { level: 'ERROR', message: 'worse', subject: ORDER });
  expect((await printed()).map((line) => JSON.parse(line).message)).toEqual(expected);
});

test('colors only where they are asked for', async () => {
  const { one, log, printed } = printer({ colored: true });
  one.open();
  log('api-orders', { level: 'ERROR', message: 'red' });
  expect((await printed()).join()).toContain('\u001b[31m');
});
