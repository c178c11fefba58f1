import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleAndSynth } from '../../infra/bundle.ts';

const directory = mkdtempSync(join(tmpdir(), 'batuta-start-'));
beforeAll(async () => {
  await bundleAndSynth();
}, 120_000);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const start = (...args: string[]) =>
  spawn(process.execPath, ['local/main.ts', '--json', '--port', '0', '--aws-port', '0', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });

/** A start that must fail: its exit code and what it says. */
async function refusal(...args: string[]): Promise<{ code: number | null; says: string }> {
  const child = start(...args);
  const [says, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  return { code, says };
}

describe('npm start says in a sentence why it does not start', () => {
  test('a data directory that another process works in; SIGTERM ends that one, and the directory is free again', async () => {
    const data = join(directory, 'shared');
    const first = start('--data', data);
    await once(first.stdout, 'data');
    const { code, says } = await refusal('--data', data);
    expect([code, says.trim().split('\n').length]).toEqual([1, 1]);
    expect(says).toContain(`${data} is in use by another process`);

    first.kill('SIGTERM');
    expect(await once(first, 'exit')).toEqual([0, null]);
    const second = start('--data', data);
    await once(second.stdout, 'data');
    second.kill('SIGTERM');
    await once(second, 'exit');
  }, 60_000);

  test('a port in use, of the API or of the AWS endpoint', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address ? String(address.port) : '';
    for (const option of ['--port', '--aws-port']) {
      const { code, says } = await refusal('--memory', option, port);
      expect(code).toBe(1);
      expect(says).toMatch(new RegExp(`^Port ${port} is in use.*--port and --aws-port\\.\n$`));
    }
    server.close();
  }, 60_000);

  test('a file where the data directory should be, and a database that is none', async () => {
    const file = join(directory, 'file');
    writeFileSync(file, '');
    const data = join(directory, 'data');
    mkdirSync(data);
    writeFileSync(join(data, 'cloud.sqlite'), 'something else, longer than the header of a database '.repeat(100));
    for (const place of [file, data]) {
      const { code, says } = await refusal('--data', place);
      expect(code).toBe(1);
      expect(says).toContain(place);
      expect(says).not.toMatch(/\n\s+at /);
    }
  }, 60_000);

  test.each([['--port', 'abc'], ['--nope'], ['--data', '']])(
    'a command line with %s %s',
    async (...args) => {
      const { code, says } = await refusal(...args);
      expect(code).toBe(2);
      expect(says).toMatch(/^[^\n]+ See npm start -- --help\.\n$/);
    },
    60_000,
  );
});
