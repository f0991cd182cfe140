import type { DatabaseEngine } from './database-engine.js'
import type { InventoryTarget } from './inventory.js'
import type { ProfileName } from './profile.js'

/** `corelab.yaml` after validation, with every default filled in. */
export interface ProjectConfig {
  readonly name: string
  readonly runtime: 'native'
  readonly profile: ProfileName
  readonly database: {
    readonly engine: DatabaseEngine
    /** The folder with the server's programs, relative to the project folder; null looks in PATH. */
    readonly programs: string | null
  }
  readonly ports: {
    /** First port of the block; null lets corelab choose a free block. */
    readonly base: number | null
  }
  readonly seed: number
  /**
   * All 21, by code in lower case. `handler`: a module's path relative to the project folder, which need not
   * exist when it is the default one; null for the built-in operations only.
   */
  readonly subsystems: Readonly<Record<string, { readonly handler: string | null }>>
  /** Servers that somebody else runs, by name. */
  readonly targets: Readonly<Record<string, InventoryTarget>>
}

/** A project found on disk. */
export interface Project {
  /** The real path of the folder with `corelab.yaml`. */
  readonly dir: string
  readonly config: ProjectConfig
}
