import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Cloud, startCloud } from '../../../local/cloud.ts';

/** The one-machine cloud with nothing in it, in memory, on any free port: what suites of others are run against. */
export async function startEmptyCloud(): Promise<Cloud> {
  const assembly = mkdtempSync(join(tmpdir(), 'batuta-strangers-'));
  try {
    const artifacts = { Empty: { type: 'aws:cloudformation:stack', properties: { templateFile: 'empty.json' } } };
    writeFileSync(join(assembly, 'manifest.json'), JSON.stringify({ version: '55.0.0', artifacts }));
    writeFileSync(join(assembly, 'empty.json'), JSON.stringify({ Resources: {} }));
    return await startCloud({ assembly, apiPort: 0, awsPort: 0 });
  } finally {
    rmSync(assembly, { recursive: true });
  }
}
