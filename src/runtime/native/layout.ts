import { stat } from 'node:fs/promises'
import type { ComponentSpec, FileSpec } from '../../model/component-spec.js'
import { ensureDir, readTextFile, writeFileAtomic } from '../../sys/files.js'

/** Makes a component's folders (0700) and writes those of its files that differ. Raises PERMISSION_DENIED. */
export async function layOut(spec: ComponentSpec): Promise<void> {
  for (const dir of spec.dirs) await ensureDir(dir, { mode: 0o700 })
  await Promise.all(spec.files.map(writeIfDifferent))
}

async function writeIfDifferent(file: FileSpec): Promise<void> {
  const current = await readTextFile(file.path)
  if (current === file.text && (await modeOf(file.path)) === file.mode) return
  await writeFileAtomic(file.path, file.text, { mode: file.mode })
}

async function modeOf(path: string): Promise<number> {
  return (await stat(path)).mode & 0o777
}
