import { readdirSync, readFileSync } from 'node:fs'
import { inRepository } from '../setup/repository.mjs'
import { SetupError } from '../setup/setup-error.mjs'

const ending = '.bench.mjs'

/** Prints each benchmark with the first comment line of its file. */
export function listBenchmarks() {
  const names = benchmarkNames()
  const width = Math.max(0, ...names.map((name) => name.length))
  process.stdout.write('npm run bench -- <name> [flags]\n\n')
  for (const name of names) process.stdout.write(`  ${name.padEnd(width)}  ${titleOf(name)}\n`)
  if (names.length === 0) process.stdout.write('  (there is no benchmark yet)\n')
}

/**
 * The path of a benchmark inside the clone. Throws a {@link SetupError} that lists the names there are.
 * @param {string} name
 */
export function requireBenchmark(name) {
  if (benchmarkNames().includes(name)) return `bench/${name}${ending}`
  throw new SetupError({
    message: `There is no benchmark named ${name}`,
    fix: ['npm run bench', ...benchmarkNames().map((known) => `npm run bench -- ${known}`)],
    exit: 2,
  })
}

function benchmarkNames() {
  return readdirSync(inRepository('bench'))
    .filter((file) => file.endsWith(ending))
    .map((file) => file.slice(0, -ending.length))
    .sort()
}

/** @param {string} name */
function titleOf(name) {
  const [firstLine = ''] = readFileSync(inRepository('bench', `${name}${ending}`), 'utf8').split('\n')
  return firstLine.replace(/^\/\/\s*/, '')
}
