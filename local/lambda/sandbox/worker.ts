import { parentPort, workerData } from 'node:worker_threads';
import { invocationError } from './errors.ts';
import { SandboxHost } from './host.ts';
import type { ToSandbox } from './messages.ts';

/** The thread's entry: a SandboxHost behind a message port. */
const port = parentPort;
if (!port) throw new Error('worker.ts runs as a worker thread');

const host = new SandboxHost((message) => port.postMessage(message), { virtualTime: workerData.virtualTime === true });
port.on('message', (message: ToSandbox) => host.receive(message));

process.on('uncaughtException', (error) => {
  if (!host.uncaught(invocationError(error))) process.exit(1);
});
process.on('unhandledRejection', (reason) => {
  const { trace } = invocationError(reason);
  const error = { errorType: 'Runtime.UnhandledPromiseRejection', errorMessage: String(reason), trace: trace ?? [] };
  if (!host.uncaught(error)) process.exit(1);
});
