import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { corelabError } from '../../kit/errors.js'
import type { BenchComparison } from '../../model/bench-comparison.js'
import type { BenchResult } from '../../model/bench-result.js'
import { readJsonFile } from '../../sys/files.js'

/** A `result.json`, or the folder of one. Throws RESULT_INVALID. */
export async function readResult(path: string): Promise<BenchResult> {
  const found = await stat(path).catch(() => null)
  const file = found?.isDirectory() ? join(path, 'result.json') : path
  const result = await readJsonFile<Partial<BenchResult>>(file)
  if (result?.schema === 'corelab/bench-result@1') return result as BenchResult
  throw corelabError('RESULT_INVALID', {
    message: `${path} is no result of a benchmark`,
    detail: result === null ? 'There is no such file.' : `Its schema is ${JSON.stringify(result.schema)}.`,
    fix: ['corelab bench run db-read'],
  })
}

/** Every result and comparison below a folder of reports; files that are none are passed over. */
export async function readSaved(folder: string): Promise<{
  readonly results: readonly BenchResult[]
  readonly comparisons: readonly BenchComparison[]
}> {
  const names = await readdir(folder).catch(() => [])
  const read = <T>(file: string) =>
    Promise.all(names.map((name) => readJsonFile<T>(join(folder, name, file)).catch(() => null)))
  const results = await read<BenchResult>('result.json')
  const comparisons = await read<BenchComparison>('comparison.json')
  return {
    results: results.flatMap((each) => (each?.schema === 'corelab/bench-result@1' ? [each] : [])),
    comparisons: comparisons.flatMap((each) => (each?.schema === 'corelab/bench-comparison@1' ? [each] : [])),
  }
}
