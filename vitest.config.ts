import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Two cores: more forks than that only fight for them.
    maxWorkers: 2,
    testTimeout: 20_000,
  },
});
