/**
 * The one-machine cloud with nothing in it, in memory: what suites of others are run against.
 * Prints the address of its AWS port, and ends when its input does.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCloud } from '../../../local/cloud.ts';

/** A cloud assembly of one stack without resources. */
function emptyAssembly(): string {
  const directory = mkdtempSync(join(tmpdir(), 'batuta-strangers-'));
  const artifacts = { Empty: { type: 'aws:cloudformation:stack', properties: { templateFile: 'empty.json' } } };
  writeFileSync(join(directory, 'manifest.json'), JSON.stringify({ version: '55.0.0', artifacts }));
  writeFileSync(join(directory, 'empty.json'), JSON.stringify({ Resources: {} }));
  return directory;
}

const assembly = emptyAssembly();
const cloud = await startCloud({ assembly, apiPort: 0, awsPort: Number(process.env.AWS_PORT ?? 0) });
rmSync(assembly, { recursive: true });
console.log(cloud.awsUrl);
process.stdin.on('end', () => void cloud.stop()).resume();
