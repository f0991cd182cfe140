// What every benchmark leaves behind: a file of figures, with the host that they were measured on.
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where figures go without `--out`. `name` as in `npm run bench -- <name>`. */
export function figuresFileOf(name) {
  return join(fileURLToPath(new URL('../..', import.meta.url)), '.cache', 'bench', `${name}.json`)
}

export function benchHost() {
  return { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, node: process.versions.node }
}

/** Writes them as JSON, with the folders that are missing. Returns the whole path. */
export function writeFigures(file, figures) {
  const out = resolve(file)
  mkdirSync(dirname(out), { recursive: true })
  writeFileSync(out, `${JSON.stringify(figures, null, 2)}\n`)
  return out
}
