import { availableParallelism } from 'node:os'
import { inRepository } from '../setup/repository.mjs'
import { runProgram } from '../setup/run-program.mjs'

/**
 * The checks, the longest first: with two cores the short ones run beside it. Their programs are called by
 * path, so that nothing but this clone's own versions can answer.
 */
const checks = [
  { title: 'types of src and test', program: 'typescript/bin/tsc', args: ['-p', 'tsconfig.test.json'] },
  { title: 'dead code and dependencies', program: 'knip/bin/knip.js', args: [] },
  {
    title: 'architecture',
    program: 'vitest/vitest.mjs',
    args: ['run', '--reporter=default', 'test/architecture.test.ts'],
  },
  { title: 'types of scripts', program: 'typescript/bin/tsc', args: ['-p', 'tsconfig.scripts.json'] },
  {
    title: 'format and lint',
    program: '@biomejs/biome/bin/biome',
    args: ['check', '--error-on-warnings', '.'],
  },
]

/**
 * Runs all checks, as many at a time as there are cores, and prints one line for each; what a failed one said
 * is printed below its line.
 * @returns {Promise<number>} how many failed
 */
export async function runChecks() {
  const startedMs = performance.now()
  const waiting = [...checks]
  let failed = 0
  const worker = async () => {
    for (let check = waiting.shift(); check; check = waiting.shift()) {
      if (!(await passes(check))) failed++
    }
  }
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), checks.length) }, worker))
  const verdict = failed === 0 ? 'all passed' : `${failed} failed, ${checks.length - failed} passed`
  process.stdout.write(`${checks.length} checks: ${verdict}, in ${secondsSince(startedMs)}\n`)
  return failed
}

/** @param {typeof checks[number]} check */
async function passes({ title, program, args }) {
  const startedMs = performance.now()
  const { code, output } = await runProgram(process.execPath, [
    inRepository('node_modules', program),
    ...args,
  ])
  process.stdout.write(`${code === 0 ? 'ok    ' : 'FAILED'}  ${title} (${secondsSince(startedMs)})\n`)
  if (code !== 0) process.stdout.write(`\n${output.trimEnd()}\n\n`)
  return code === 0
}

/** @param {number} startedMs */
function secondsSince(startedMs) {
  return `${((performance.now() - startedMs) / 1000).toFixed(1)} s`
}
