import { readFile, stat } from 'node:fs/promises'
import { corelabError, reasonOf } from '../kit/errors.js'
import { formatBytes } from '../kit/units.js'
import type { ProjectConfig } from '../model/project-config.js'
import { errnoOf } from '../sys/files.js'
import { configInvalid } from './config-problem.js'
import { parseConfig } from './parse-config.js'

/** A hand-written file is a few kilobytes; more is a mistake, and parsing it would take long. */
const fileBytesMax = 256 * 1024

/**
 * Reads and validates a `corelab.yaml`. Throws CONFIG_INVALID (all problems at once), PERMISSION_DENIED when it
 * cannot be read, PROJECT_NOT_FOUND when it is not there.
 */
export async function loadConfig(file: string): Promise<ProjectConfig> {
  return parseConfig(await readText(file), file)
}

async function readText(file: string): Promise<string> {
  try {
    const facts = await stat(file)
    if (!facts.isFile()) throw configInvalid(file, [{ line: 1, text: 'this is not a file' }])
    if (facts.size > fileBytesMax) {
      const text = `the file has ${formatBytes(facts.size)}; allowed: ${formatBytes(fileBytesMax)}`
      throw configInvalid(file, [{ line: 1, text }])
    }
    return decodeUtf8(await readFile(file), file)
  } catch (thrown) {
    throw readFailure(thrown, file)
  }
}

function decodeUtf8(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw configInvalid(file, [{ line: 1, text: 'the file is not UTF-8 text' }])
  }
}

function readFailure(thrown: unknown, file: string): unknown {
  const code = errnoOf(thrown)
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    const facts = { message: `There is no ${file}`, fix: ['corelab init'], cause: thrown }
    return corelabError('PROJECT_NOT_FOUND', facts)
  }
  if (code === 'EACCES' || code === 'EPERM') {
    const facts = { message: `${file} may not be read`, detail: reasonOf(thrown), cause: thrown }
    return corelabError('PERMISSION_DENIED', facts)
  }
  return thrown
}
