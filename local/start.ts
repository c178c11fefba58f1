/** `npm start`: builds what changed, then runs the product on this machine until it is told to stop. */
import { flushCompileCache } from 'node:module';
import { assemblyMadeElsewhere, BuildError } from '../infra/made-elsewhere.ts';
import { TemplateError } from './assembly/template-error.ts';
import { banner } from './banner.ts';
import { type Cloud, startCloud } from './cloud.ts';
import { type CommandLine, HELP, parseCommandLine, UsageError } from './command-line.ts';
import { openDebugger } from './debugger.ts';
import { functionLog } from './function-log.ts';
import { collectGarbage } from './kernel/collect-garbage.ts';
import { DataDirectoryError } from './kernel/data-directory-error.ts';
import { ownAssembly } from './own-assembly.ts';
import { seed } from './seed.ts';
import { localParameters } from './template-parameters.ts';
import type { Development } from './watch/development.ts';

/** The events of a fresh shop's seeding are through by then. */
const SETTLED_MS = 4000;

let cloud: Cloud | undefined;
let development: Development | undefined;
let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop());

try {
  const commandLine = parseCommandLine(process.argv.slice(2));
  if (commandLine.help) process.stdout.write(HELP);
  else await run(commandLine);
} catch (error) {
  endWith(error);
}

function endWith(error: unknown): never {
  console.error(explain(error));
  process.exit(error instanceof UsageError ? 2 : 1);
}

async function run(commandLine: CommandLine): Promise<void> {
  const { apiPort, awsPort, dataDirectory, json } = commandLine;
  const debugged = openDebugger(commandLine.inspectPort);
  const assembly = await assemblyMadeElsewhere();
  const own = ownAssembly(assembly);
  const log = functionLog(commandLine);
  if (commandLine.watch || debugged) {
    // Only here: without it nothing of what it needs is loaded.
    const { Development } = await import('./watch/development.ts');
    development = new Development({
      assembly: own,
      debugged,
      colored: log.colored,
      say,
      onReload: log.forgetPositions,
    });
  }
  cloud = await startCloud({
    assembly: own,
    apiPort,
    awsPort,
    parameters: localParameters,
    onStorageFailure: endWith,
    lambda: {
      onLog: log.printer.line,
      onInvocationError: log.printer.invocationError,
      ...(development && { reload: true }),
      ...(debugged && { inProcess: true, patient: true }),
    },
    ...(development && { onProvisioned: development.provisioned }),
    ...(dataDirectory ? { dataDirectory } : {}),
  });
  await development?.attach(cloud);
  const keys = await seed(cloud);
  if (commandLine.watch) development?.watch(cloud);
  const line = JSON.stringify({ api: cloud.apiUrl, aws: cloud.awsUrl, keys });
  // Not left to the end of the process, which may be a sudden one.
  flushCompileCache();
  process.stdout.write(json ? `${line}\n` : banner(cloud, keys, commandLine));
  log.printer.open();
  settleDown(cloud);
}

/** What only the start needed goes: the threads that seeded a fresh shop, the template, code that runs once. */
function settleDown({ services }: Cloud): void {
  services.lambda.rest();
  // In one go a moment later, when threads have ended and nobody waits for the first page any more.
  setTimeout(collectGarbage, SETTLED_MS).unref();
}

/** To standard error: in a pipe, standard output is for the lines of functions. */
function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** The first signal lets what runs finish for a moment; a second one, or one before anything runs, ends the process at once. What is durable is on disk either way. */
async function stop(): Promise<void> {
  if (stopping || !cloud) process.exit(130);
  stopping = true;
  await development?.stop();
  await cloud.stop();
  process.exit(0);
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof UsageError) return `${error.message} See npm start -- --help.`;
  if (error instanceof BuildError) return `The product does not build.\n${error.message}`;
  if (error instanceof DataDirectoryError) return error.message;
  if (error.name === 'BundleError') return `The functions do not bundle.\n${error.message}`;
  if (error instanceof TemplateError)
    return `The template asks for something that this machine does not do.\n${error.message}`;
  if ('code' in error && 'port' in error && error.code === 'EADDRINUSE') {
    return `Port ${error.port} is in use: stop what listens there, or choose others with --port and --aws-port.`;
  }
  return error.stack ?? error.message;
}
