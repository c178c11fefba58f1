import { parentPort, workerData } from 'node:worker_threads';
import { invocationError } from './errors.ts';
import { SandboxHost, type SandboxHostOptions } from './host.ts';
import type { FromSandbox, InvocationError, ToSandbox } from './messages.ts';
import { Outbox } from './outbox.ts';

/** The thread's entry: a SandboxHost behind a message port. */
const port = parentPort;
if (!port) throw new Error('worker.ts runs as a worker thread');

const outbox = new Outbox<FromSandbox>((messages) => port.postMessage(messages));
const options: SandboxHostOptions = workerData;
const host = new SandboxHost((message) => outbox.add(message), options);
port.on('message', (messages: ToSandbox[]) => {
  for (const message of messages) host.receive(message);
});

process.on('uncaughtException', (error) => endUnlessCaught(invocationError(error)));
process.on('unhandledRejection', (reason) => {
  const { trace } = invocationError(reason);
  endUnlessCaught({
    errorType: 'Runtime.UnhandledPromiseRejection',
    errorMessage: String(reason),
    trace: trace ?? [],
  });
});

function endUnlessCaught(error: InvocationError): void {
  if (host.uncaught(error)) return;
  outbox.flush();
  process.exit(1);
}
