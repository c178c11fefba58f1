import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { History } from './history.ts';

/** Histories that have failed, as small as they could be made, and why: played before those that chance makes. */
const found = JSON.parse(readFileSync(join(import.meta.dirname, 'regressions.json'), 'utf8')) as {
  why: string;
  history: History;
}[];

export const regressions: History[] = found.map(({ history }) => history);
