import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** The root of this clone. */
export const repositoryDir = resolve(import.meta.dirname, '../..')

/** The text of a file of this clone. */
export function readRepositoryFile(path: string): string {
  return readFileSync(join(repositoryDir, path), 'utf8')
}
