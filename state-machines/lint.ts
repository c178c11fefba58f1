import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Finding, lintDefinition } from './lint-rules.ts';

/** `node state-machines/lint.ts [folder]`: checks every *.asl.json of the folder, prints what it finds, exits with 1 if there is anything. */
const folder = process.argv[2] ?? import.meta.dirname;
const files = readdirSync(folder)
  .filter((name) => name.endsWith('.asl.json'))
  .toSorted();

let found = 0;
for (const file of files) {
  const findings: Finding[] = await lintDefinition(readFileSync(join(folder, file), 'utf8'));
  for (const { state, message } of findings) console.error(`${file}: ${state || '(machine)'}: ${message}`);
  found += findings.length;
}

if (found > 0) {
  console.error(`${found} ${found === 1 ? 'finding' : 'findings'} in ${files.length} state machines`);
  process.exitCode = 1;
} else {
  console.log(`${files.length} state machines, no findings`);
}
