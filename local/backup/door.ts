import { randomBytes, timingSafeEqual } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import * as z from 'zod';
import type { Storage } from '../kernel/storage.ts';

/**
 * How `npm run backup` comes to a copy of a shop that runs: nobody else can open the file, so it asks the process that has it to leave the file
 * as it is for as long as the connection lasts, and copies it itself. The process never writes anywhere but in its own directory.
 *
 * Lines of text on a port of the loopback address: the key (from a file that only the owner of the data can read), answered by `hold`; then
 * `copied`, answered by `good`. A connection that ends before that means that the copy is worth nothing.
 */
const DoorFile = z.object({ port: z.int(), key: z.string() });

const doorFile = (directory: string) => join(directory, 'backup-door.json');

export interface Door {
  close(): Promise<void>;
}

export async function openDoor(
  directory: string,
  storage: Storage,
  report: (where: string, error: unknown) => void,
): Promise<Door> {
  const key = randomBytes(32).toString('hex');
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    // Who has the key says it at once; who has not shall not fill the memory.
    socket.setTimeout(10_000, () => socket.destroy());
    socket.on('data', () => socket.bytesRead > 1000 && socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {}); // The other end went away: 'close' follows.
    serve(socket, key, storage).catch((error: unknown) => {
      socket.destroy();
      report('backup', error);
    });
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (address && typeof address === 'object') resolve(address.port);
    });
  });
  const file = doorFile(directory);
  writeFileSync(`${file}.new`, JSON.stringify({ port, key }), { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return {
    close: () => {
      rmSync(file, { force: true });
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function serve(socket: Socket, key: string, storage: Storage): Promise<void> {
  const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
  if (!isSame((await lines.next()).value, key)) return void socket.destroy();
  socket.setTimeout(0);
  const release = await storage.holdFile();
  socket.once('close', release);
  if (socket.destroyed) return release();
  socket.write('hold\n');
  if ((await lines.next()).value === 'copied') socket.end('good\n');
  else socket.destroy();
}

function isSame(given: string | undefined, key: string): boolean {
  return given?.length === key.length && timingSafeEqual(Buffer.from(given), Buffer.from(key));
}

/**
 * Copies the file of a running shop by `copy` while it is left as it is.
 * @throws Error if nobody answers, or the shop stopped before the copy was complete
 */
export async function throughDoor(directory: string, copy: () => void | Promise<void>): Promise<void> {
  const { port, key } = readDoorFile(directory);
  const socket = createConnection({ host: '127.0.0.1', port });
  const failed = new Promise<never>((_, reject) => {
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('the connection ended')));
  });
  failed.catch(() => {}); // What comes after the last answer is of no interest.
  const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
  const expectLine = async (line: string) => {
    const { value } = await Promise.race([lines.next(), failed]);
    if (value !== line) throw new Error(`it answered ${String(value)}`);
  };
  try {
    socket.write(`${key}\n`);
    await expectLine('hold');
    await copy();
    socket.write('copied\n');
    await expectLine('good');
  } catch (error) {
    throw new Error(
      `The shop that runs with ${directory} did not let a backup be made: starting or stopping? Try again.`,
      {
        cause: error,
      },
    );
  } finally {
    socket.destroy();
  }
}

function readDoorFile(directory: string): z.infer<typeof DoorFile> {
  try {
    return DoorFile.parse(JSON.parse(readFileSync(doorFile(directory), 'utf8')));
  } catch (cause) {
    throw new Error(
      `The shop that runs with ${directory} does not make backups yet: starting or stopping? Try again.`,
      {
        cause,
      },
    );
  }
}
