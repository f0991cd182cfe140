// Prints `N passed, N failed` from the results that the last `npm test` left; exit code 1 when anything failed.
import { readFileSync } from 'node:fs'
import { summarise } from './ci/summary.mjs'
import { inRepository } from './setup/repository.mjs'

const { line, isGood } = summarise(readResults())
process.stdout.write(`${line}\n`)
process.exitCode = isGood ? 0 : 1

function readResults() {
  try {
    return JSON.parse(readFileSync(inRepository('.cache', 'test-results.json'), 'utf8'))
  } catch {
    return null
  }
}
