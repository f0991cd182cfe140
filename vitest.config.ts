import { defineConfig } from 'vitest/config'

// Tests against real servers share two cores: a few files at a time keeps start-up limits honest.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    // They need a real MySQL, or the right to mount: npm run test:mysql, npm run test:disk.
    exclude: ['**/node_modules/**', 'test/mysql/**', 'test/disk/**'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    disableConsoleIntercept: true,
    // The default of one second is shorter than the start of a program on a busy host.
    expect: { poll: { timeout: 20_000 } },
  },
})
