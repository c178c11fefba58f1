import inspector from 'node:inspector';
import { UsageError } from './command-line.ts';

/**
 * Opens Node's debugger, unless whoever started this process (`node --inspect`, an editor) did that already.
 * @param port 0 = any free one; undefined = open none
 * @returns whether a debugger listens
 * @throws UsageError for a port that is in use
 */
export function openDebugger(port: number | undefined): boolean {
  if (inspector.url() !== undefined) return true;
  if (port === undefined) return false;
  inspector.open(port, '127.0.0.1');
  // Node prints why, and throws nothing.
  if (inspector.url() === undefined)
    throw new UsageError(`No debugger can listen on port ${port}: choose another with --inspect-port.`);
  return true;
}
