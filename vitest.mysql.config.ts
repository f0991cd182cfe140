import { defineConfig } from 'vitest/config'
import main from './vitest.config.js'

// Against a real MySQL, which `npm run test:mysql` gets first.
export default defineConfig({
  test: { ...main.test, include: ['test/mysql/**/*.test.ts'], exclude: [] },
})
