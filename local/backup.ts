/** `npm run backup` and `npm run restore`. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { makeBackup, restoreBackup } from './backup/backup.ts';

const HELP = `Usage: npm run backup -- --data DIR --to FILE
       npm run restore -- --from FILE --data DIR

Backup copies a shop, running or stopped, to one file. Restore makes a new data directory from it.
  --data DIR   the data directory (backup: default .batuta)
`;

try {
  process.stdout.write(await run(process.argv.slice(2)));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

async function run([command, ...args]: string[]): Promise<string> {
  const { data, to, from } = parseArgs({
    args,
    options: { data: { type: 'string' }, to: { type: 'string' }, from: { type: 'string' } },
  }).values;
  if (command === 'backup' && to && !from) {
    await makeBackup(data ?? '.batuta', to);
    return `${resolve(to)} holds the whole shop: keep it on another disk, and as safe as the shop itself.\n`;
  }
  if (command === 'restore' && from && data && !to) {
    restoreBackup(from, data);
    return `Restored. Start it: npm start -- --data ${data}\n`;
  }
  throw new Error(HELP);
}
