import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: [
      'sandbox-engine/**/*.test.ts',
      'src/**/*.test.ts',
      'tests/unit/**/*.test.ts',
      'tests/sim/**/*.test.ts',
      'tests/content/**/*.test.ts',
      'tests/arch/**/*.test.ts',
    ],
    testTimeout: 30_000,
  },
});
