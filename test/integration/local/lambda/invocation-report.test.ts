import { expect, test } from 'vitest';
import { failureLine, type InvocationReport, reportLine } from '../../../../local/lambda/invocation-report.ts';
import { exitError } from '../../../../local/lambda/sandbox/errors.ts';
import { lambdaFunction } from './lambda-for-tests.ts';

const report: InvocationReport = {
  requestId: 'r-1',
  milliseconds: 112.5,
  initMilliseconds: undefined,
  memoryBytes: 40.2 * 1024 * 1024,
  outcome: 'success',
};

test('a warm invocation', () => {
  expect(reportLine(lambdaFunction('Text'), report, 0)).toBe(
    'REPORT RequestId: r-1\tDuration: 112.50 ms\tBilled Duration: 113 ms\tMemory Size: 256 MB\tMax Memory Used: 41 MB',
  );
});

test('one that loaded the code: the time for that is told apart, and billed', () => {
  expect(reportLine(lambdaFunction('Text'), { ...report, initMilliseconds: 100.25 }, 0)).toBe(
    'REPORT RequestId: r-1\tDuration: 12.25 ms\tBilled Duration: 113 ms\tMemory Size: 256 MB\tMax Memory Used: 41 MB\tInit Duration: 100.25 ms',
  );
});

test('one that timed out, and one whose thread died before it said how much it used', () => {
  const timeout = reportLine(lambdaFunction('Text'), { ...report, outcome: 'timeout' }, 0);
  expect(timeout.endsWith('\tMax Memory Used: 41 MB\tStatus: timeout')).toBe(true);
  const exit = reportLine(lambdaFunction('Text'), { ...report, memoryBytes: undefined, outcome: 'exit' }, 0);
  expect(exit.endsWith('\tMemory Size: 256 MB\tStatus: error\tError Type: Runtime.ExitError')).toBe(true);
});

test('what failed says so before its report, in the runtime’s own words', () => {
  const error = { errorType: 'TypeError', errorMessage: 'late', trace: ['TypeError: late', '    at x'] };
  expect(failureLine('r-1', error, 0)).toBe(
    '1970-01-01T00:00:00.000Z\tr-1\tERROR\tInvoke Error\t{"errorType":"TypeError","errorMessage":"late","stack":["TypeError: late","    at x"]}',
  );
  const timeout = {
    errorType: 'Sandbox.Timedout',
    errorMessage: 'RequestId: r-1 Error: Task timed out after 3.00 seconds',
  };
  expect(failureLine('r-1', timeout, 0)).toBe('1970-01-01T00:00:00.000Z r-1 Task timed out after 3.00 seconds');
  const exit = exitError('r-1', 'Runtime exited with error: signal: killed');
  expect(failureLine('r-1', exit, 0)).toBe(
    'RequestId: r-1 Error: Runtime exited with error: signal: killed\nRuntime.ExitError',
  );
});

test('a function whose log is JSON gets the event of the platform', () => {
  const text = reportLine(lambdaFunction('JSON'), { ...report, initMilliseconds: 100.254, outcome: 'exit' }, 0);
  expect(JSON.parse(text)).toEqual({
    time: '1970-01-01T00:00:00.000Z',
    type: 'platform.report',
    record: {
      requestId: 'r-1',
      metrics: {
        durationMs: 12.25,
        billedDurationMs: 113,
        memorySizeMB: 256,
        maxMemoryUsedMB: 41,
        initDurationMs: 100.25,
      },
      status: 'error',
      errorType: 'Runtime.ExitError',
    },
  });
});
