import { afterEach, expect, test, vi } from 'vitest';
import { describeError, log } from '../../../shared/runtime/log.ts';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

function logged(write: () => void): unknown {
  const output = vi.spyOn(process.stdout, 'write').mockImplementation(() => true);
  write();
  const text = output.mock.calls.map(([chunk]) => String(chunk)).join('');
  output.mockRestore();
  // One line is one entry of the log group, whatever line breaks the values hold.
  expect(text.match(/\n/g)).toHaveLength(1);
  return JSON.parse(text);
}

test('a line is one JSON object with its level, its fields and the trace of the invocation', () => {
  vi.stubEnv('_X_AMZN_TRACE_ID', 'Root=1-69200000-abc;Parent=def;Sampled=1');
  expect(logged(() => log.warn('step failed', { orderId: 'ord_1', detail: 'two\nlines', none: undefined }))).toEqual({
    level: 'WARN',
    message: 'step failed',
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    service: 'batuta',
    traceId: '1-69200000-abc',
    orderId: 'ord_1',
    detail: 'two\nlines',
  });
});

test('without a trace and without fields there are none', () => {
  vi.stubEnv('_X_AMZN_TRACE_ID', undefined);
  expect(Object.keys(Object(logged(() => log.info('started'))))).toEqual(['level', 'message', 'timestamp', 'service']);
});

test('of an error its name, message, stack and cause are logged, never the fields that an SDK adds', () => {
  const error = Object.assign(new Error('no', { cause: new TypeError('why') }), { Item: { email: 'ada@example.com' } });
  const line = logged(() => log.error('request failed', { failure: describeError(error) }));
  expect(line).toMatchObject({ level: 'ERROR', failure: { name: 'Error', message: 'no', cause: 'TypeError: why' } });
  expect(JSON.stringify(line)).not.toContain('ada@');
});
