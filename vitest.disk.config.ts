import { defineConfig } from 'vitest/config'
import main from './vitest.config.js'

// On disks of limited size: they have to be mounted, which not everybody may.
export default defineConfig({
  test: { ...main.test, include: ['test/disk/**/*.test.ts'], exclude: [] },
})
