import { execFile } from 'node:child_process'
import { realpath } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { BenchHost, BenchResult } from '../../model/bench-result.js'
import { packageRoot } from '../../project/package-root.js'
import { readJsonFile } from '../../sys/files.js'
import { readHostFacts } from '../../sys/host-facts.js'

const run = promisify(execFile)

/** The machine that the load ran on. */
export function benchHost(versions: Readonly<Record<string, string>>): BenchHost {
  const { cpuModel, cores, memoryTotalBytes, kernel } = readHostFacts()
  const node = process.versions.node
  return { hostname: hostname(), cpuModel, cores, memoryBytes: memoryTotalBytes, kernel, node, versions }
}

/** Version of this package, and the revision that it was built from when it lies in its own repository. */
export async function corelabRevision(): Promise<BenchResult['corelab']> {
  const manifest = await readJsonFile<{ readonly version: string }>(join(packageRoot, 'package.json'))
  return { version: manifest?.version ?? 'not known', gitRevision: await gitRevision() }
}

/** null for an installed package: a repository around it is somebody else's. */
async function gitRevision(): Promise<string | null> {
  const git = (...args: readonly string[]) =>
    run('git', ['-C', packageRoot, ...args], { timeout: 2000 }).then(({ stdout }) => stdout.trim())
  try {
    if ((await git('rev-parse', '--show-toplevel')) !== (await realpath(packageRoot))) return null
    return await git('describe', '--always', '--dirty', '--abbrev=12', '--exclude', '*')
  } catch {
    return null
  }
}
