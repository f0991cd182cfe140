import { join } from 'node:path'
import type { BenchResult } from '../../model/bench-result.js'
import { ensureDir, writeFileAtomic } from '../../sys/files.js'

/** Writes `result.json` into a folder, made if need be; its path. Throws PERMISSION_DENIED, DISK_TOO_SMALL. */
export async function saveResult(result: BenchResult, dir: string): Promise<string> {
  await ensureDir(dir)
  const path = join(dir, 'result.json')
  await writeFileAtomic(path, `${JSON.stringify(result)}\n`)
  return path
}
