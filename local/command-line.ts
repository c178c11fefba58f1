import { parseArgs } from 'node:util';
import { type LogFilter, parseLogFilter } from './lambda/log-filter.ts';

export interface CommandLine {
  apiPort: number;
  awsPort: number;
  /** Undefined = in memory. */
  dataDirectory: string | undefined;
  json: boolean;
  /** Takes over changes of the sources as they are saved. */
  watch: boolean;
  /** Port of the debugger; undefined = none. */
  inspectPort: number | undefined;
  /** Which lines of functions' logs are printed: all of these must hold. */
  log: LogFilter[];
  help: boolean;
}

export const HELP = `Usage: npm start -- [options]

Runs Batuta on this machine: the API, and behind it the AWS services that it is made of.

  --port N       port of the API (default 4600; 0 = any free one)
  --aws-port N   port of the AWS endpoint, for the AWS CLI and SDKs (default 4566; 0 = any free one)
  --data DIR     where orders and everything else durable live (default .batuta)
  --memory       keep everything in memory: gone when it stops
  --json         print addresses and API keys as one line of JSON, and log lines as functions write them
  --log WHAT     print only log lines of an order (ord_...), a function (api/orders, orders, steps), at least a level
                 (debug, info, warn, error), or none (off); may be given several times: all must hold
  --watch        for working on the code: what is saved in functions/, shared/ and state-machines/ runs within a second
  --inspect      for a debugger, which listens on port 9229: breakpoints in the functions' TypeScript are hit
  --inspect-port N  the same on another port (0 = any free one)
  --help         print this
`;

/** A command line that says nothing sensible. */
export class UsageError extends Error {}

/** @throws UsageError for an unknown option or a value that it cannot have */
export function parseCommandLine(args: string[]): CommandLine {
  const values = parse(args);
  if (values.memory && values.data !== undefined) throw new UsageError('--memory and --data exclude each other.');
  if (values.data === '') throw new UsageError('--data needs a directory.');
  return {
    apiPort: port('--port', values.port),
    awsPort: port('--aws-port', values['aws-port']),
    dataDirectory: values.memory ? undefined : (values.data ?? '.batuta'),
    json: values.json,
    watch: values.watch,
    inspectPort: inspectPort(values),
    log: values.log.map(parseLogFilter),
    help: values.help,
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args: joinNegative(args),
      strict: true,
      allowPositionals: false,
      options: {
        port: { type: 'string', default: '4600' },
        'aws-port': { type: 'string', default: '4566' },
        data: { type: 'string' },
        memory: { type: 'boolean', default: false },
        log: { type: 'string', multiple: true, default: [] },
        watch: { type: 'boolean', default: false },
        inspect: { type: 'boolean', default: false },
        'inspect-port': { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    // Node's message goes on with advice about `--` that fits no option of ours.
    const [first] = error instanceof Error ? error.message.split(/\. |\n/, 1) : [];
    throw new UsageError(`${first?.replace(/\.$/, '')}.`);
  }
}

/** Node takes `-1` after an option for an option of its own; as `--port=-1` it is a value, which then is refused for what it is. */
function joinNegative(args: string[]): string[] {
  const joined: string[] = [];
  for (const arg of args) {
    const option = joined.at(-1);
    if (option && /^--[a-z-]+$/.test(option) && /^-\d/.test(arg)) joined[joined.length - 1] = `${option}=${arg}`;
    else joined.push(arg);
  }
  return joined;
}

/** Node's own, which debuggers look for. */
const INSPECT_PORT = '9229';

function inspectPort(values: { inspect: boolean; 'inspect-port'?: string }): number | undefined {
  const { inspect, 'inspect-port': given } = values;
  return inspect || given !== undefined ? port('--inspect-port', given ?? INSPECT_PORT) : undefined;
}

function port(option: string, text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 65_535)
    throw new UsageError(`${option} needs a port from 0 to 65535, not ${text}.`);
  return value;
}
