import { expect, test } from 'vitest';
import { parseCommandLine } from '../../../../local/command-line.ts';

test('without options the ports are 4600 and 4566 and the data is kept in .batuta', () => {
  expect(parseCommandLine([])).toEqual({
    apiPort: 4600,
    awsPort: 4566,
    dataDirectory: '.batuta',
    json: false,
    watch: false,
    inspectPort: undefined,
    log: [],
    help: false,
  });
});

test('every option is taken', () => {
  expect(parseCommandLine(['--port', '0', '--aws-port=9000', '--data', 'x', '--json', '-h'])).toEqual({
    apiPort: 0,
    awsPort: 9000,
    dataDirectory: 'x',
    json: true,
    watch: false,
    inspectPort: undefined,
    log: [],
    help: true,
  });
  expect(parseCommandLine(['--memory']).dataDirectory).toBeUndefined();
});

test('what a developer asks for: --watch, a debugger on its usual or another port, filters of the log', () => {
  expect(parseCommandLine(['--watch', '--inspect'])).toMatchObject({ watch: true, inspectPort: 9229 });
  expect(parseCommandLine(['--inspect-port', '0'])).toMatchObject({ inspectPort: 0 });
  expect(parseCommandLine(['--log', 'warn', '--log', 'ord_1', '--log=steps', '--log', 'off']).log).toEqual([
    { kind: 'level', level: 'warn' },
    { kind: 'order', orderId: 'ord_1' },
    { kind: 'function', name: 'steps' },
    { kind: 'off' },
  ]);
});

test.each([
  [['--inspect-port', 'x'], /--inspect-port needs a port/],
  [['--prot', '1'], /^Unknown option '--prot'\.$/],
  [['start'], /^Unexpected argument 'start'\.$/],
  [['--port'], /--port/],
  [['--port', '65536'], /--port needs a port from 0 to 65535, not 65536/],
  [['--port', '1e3'], /--port needs a port/],
  [['--port', '-1'], /^--port needs a port from 0 to 65535, not -1\.$/],
  [['--aws-port', '-1', '--memory'], /^--aws-port needs a port from 0 to 65535, not -1\.$/],
  [['--aws-port', ''], /--aws-port needs a port/],
  [['--data', ''], /--data needs a directory/],
  [['--memory', '--data', 'x'], /exclude each other/],
  [['--json=yes'], /--json/],
])('%j is refused', (args, message) => {
  expect(() => parseCommandLine(args)).toThrow(message);
});
