/** Writes docs/honored.md. */
import { writeFileSync } from 'node:fs';
import { collectFacts } from './facts.ts';
import { honoredPage } from './page.ts';

writeFileSync(new URL('../../docs/honored.md', import.meta.url), honoredPage(await collectFacts()));
process.exit(0);
