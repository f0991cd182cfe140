import type { ProjectConfig } from '../model/project-config.js'
import { defaultHandlerPath } from '../model/project-layout.js'
import type { ProjectFile } from '../model/project-schema.js'
import { projectSchema } from '../model/project-schema.js'
import { subsystemCodes } from '../model/subsystem.js'
import { inventoryOf } from './inventory.js'

const { runtime, profile, database, ports, seed } = projectSchema.properties

/** Fills every default; the result names all 21 subsystems, by code in lower case. */
export function withDefaults(file: ProjectFile): ProjectConfig {
  return {
    name: file.name,
    runtime: file.runtime ?? runtime.default,
    profile: file.profile ?? profile.default,
    database: {
      engine: file.database?.engine ?? database.properties.engine.default,
      programs: file.database?.programs ?? database.properties.programs.default,
    },
    ports: { base: file.ports?.base ?? ports.properties.base.default },
    seed: file.seed ?? seed.default,
    subsystems: Object.fromEntries(
      subsystemCodes.map((code) => {
        const key = code.toLowerCase()
        const handler = file.subsystems?.[key]?.handler
        return [key, { handler: handler === undefined ? defaultHandlerPath(key) : handler }]
      }),
    ),
    targets: inventoryOf(file.targets ?? {}),
  }
}
