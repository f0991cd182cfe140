import { join } from 'node:path'
import type { ProgramVersions } from '../../model/boot-plan.js'
import type { HostFacts } from '../../model/demo-result.js'
import { packageRoot } from '../../project/package-root.js'
import { readJsonFile } from '../../sys/files.js'
import { readHostFacts } from '../../sys/host-facts.js'

/** The machine and the servers of a run; `versions` is null as long as nothing was planned. */
export function hostOfRun(versions: ProgramVersions | null): HostFacts {
  const host = readHostFacts()
  return {
    cpuModel: host.cpuModel,
    cores: host.cores,
    memoryBytes: host.memoryTotalBytes,
    kernel: host.kernel,
    node: process.versions.node,
    mariadb: versions?.database ?? 'not known',
    redis: versions?.redis ?? 'not known',
    rabbitmq: versions?.rabbitmq ?? 'not known',
  }
}

/** The version of this package. */
export async function corelabVersion(): Promise<string> {
  const manifest = await readJsonFile<{ readonly version: string }>(join(packageRoot, 'package.json'))
  return manifest?.version ?? 'not known'
}
