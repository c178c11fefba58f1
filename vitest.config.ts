import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/longest-first.ts';

/**
 * Most of the time of a short file is the loading of what it imports: these share the process, and with it what is loaded. Those in the
 * parentheses replace modules, write over what is the process's, or are long.
 */
const together = 'test/{unit,integration,workflows}/**/!(failing-disk|log|every-grant-is-used).test.ts';

export default defineConfig({
  test: {
    // Two cores: more forks than that only fight for them.
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    // For a machine that is busy with other things too.
    testTimeout: 20_000,
    hookTimeout: 60_000,
    projects: [
      { extends: true, test: { name: 'together', include: [together], isolate: false } },
      { extends: true, test: { name: 'alone', include: ['test/**/*.test.ts'], exclude: [together] } },
    ],
  },
});
