import { join } from 'node:path'
import { serverOverrideFiles } from '../model/project-layout.js'
import { readTextFile } from '../sys/files.js'

/** The user's own server settings as text, to be added at the end of the generated files; '' where there are none. */
export interface ServerOverrides {
  readonly mysql: string
  readonly redis: string
  readonly rabbitmq: string
}

/** Reads `config/` of a project; a file may be missing. Raises PERMISSION_DENIED. */
export async function readServerOverrides(projectDir: string): Promise<ServerOverrides> {
  const textOf = async (file: string) => (await readTextFile(join(projectDir, file))) ?? ''
  return {
    mysql: await textOf(serverOverrideFiles.mysql),
    redis: await textOf(serverOverrideFiles.redis),
    rabbitmq: await textOf(serverOverrideFiles.rabbitmq),
  }
}
