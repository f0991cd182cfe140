import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { say, step } from './progress.mjs'
import { inRepository } from './repository.mjs'
import { runProgram } from './run-program.mjs'
import { SetupError } from './setup-error.mjs'

const stampFile = inRepository('dist', '.source-hash')
const manifestWriter = inRepository('dist', 'cli', 'write-manifest.js')

/** Compiles `src/` into `dist/` when it changed since the last time, and writes oclif's command manifest. */
export async function ensureCompiledSources() {
  const hash = sourceHash()
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === hash) return
  await step('Compiling the sources (tsc)', compile)
  removeOrphans(inRepository('src'), inRepository('dist'))
  await writeManifest()
  mkdirSync(inRepository('dist'), { recursive: true })
  writeFileSync(stampFile, hash)
}

async function compile() {
  rmSync(stampFile, { force: true })
  const compiler = inRepository('node_modules', 'typescript', 'bin', 'tsc')
  const { code, output } = await runProgram(process.execPath, [compiler, '-p', inRepository('tsconfig.json')])
  if (code === 0) return
  throw new SetupError({
    message: 'The sources do not compile',
    detail: output,
    fix: ['npm run check'],
    exit: 4,
  })
}

async function writeManifest() {
  if (!existsSync(manifestWriter)) return say('No command manifest: src/cli/write-manifest.ts is not there')
  const { code, output } = await runProgram(process.execPath, [manifestWriter])
  if (code === 0) return
  throw new SetupError({ message: 'The command manifest was not written', detail: output, exit: 70 })
}

/** A hash over names and contents, because times change with every checkout and copy. */
function sourceHash() {
  const hash = createHash('sha256')
  const inputs = ['tsconfig.json', 'package.json', 'package-lock.json'].map((name) => inRepository(name))
  for (const file of [...inputs, ...filesBelow(inRepository('src'))]) {
    hash.update(`${relative(inRepository(), file)}\0`).update(readFileSync(file))
  }
  return hash.digest('hex')
}

/**
 * Deletes compiled files whose source is gone: oclif would still offer a command that was removed.
 * @param {string} sourceDir
 * @param {string} compiledDir
 */
export function removeOrphans(sourceDir, compiledDir) {
  const sources = new Set(filesBelow(sourceDir).map((file) => withoutExtension(relative(sourceDir, file))))
  for (const file of filesBelow(compiledDir)) {
    const name = relative(compiledDir, file)
    if (name.endsWith('.js') && !sources.has(withoutExtension(name))) rmSync(file)
  }
}

/** @param {string} name */
function withoutExtension(name) {
  return name.replace(/\.(tsx?|js|json)$/, '')
}

/**
 * @param {string} dir
 * @returns {string[]} full paths, sorted
 */
function filesBelow(dir) {
  return readdirSync(dir, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort()
}
