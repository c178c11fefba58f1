import { expect, test } from 'vitest';
import { parseCommandLine } from '../../../../local/command-line.ts';

test('without options the ports are 4600 and 4566 and the data is kept in .batuta', () => {
  expect(parseCommandLine([])).toEqual({
    apiPort: 4600,
    awsPort: 4566,
    dataDirectory: '.batuta',
    json: false,
    help: false,
  });
});

test('every option is taken', () => {
  expect(parseCommandLine(['--port', '0', '--aws-port=9000', '--data', 'x', '--json', '-h'])).toEqual({
    apiPort: 0,
    awsPort: 9000,
    dataDirectory: 'x',
    json: true,
    help: true,
  });
  expect(parseCommandLine(['--memory']).dataDirectory).toBeUndefined();
});

test.each([
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
