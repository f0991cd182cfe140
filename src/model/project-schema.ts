import type { DatabaseEngine } from './database-engine.js'
import type { ProfileName } from './profile.js'
import { subsystemCodes } from './subsystem.js'
import { type TargetFile, targetsSchema } from './target-schema.js'

/** What a person may write in `corelab.yaml`. An empty section (`ports:` and nothing below) reads as null. */
export interface ProjectFile {
  readonly name: string
  readonly runtime?: 'native'
  readonly profile?: ProfileName
  readonly database?: {
    readonly engine?: DatabaseEngine
    readonly programs?: string | null
  } | null
  readonly ports?: { readonly base?: number | null } | null
  readonly seed?: number
  readonly subsystems?: Readonly<Record<string, { readonly handler?: string | null } | null>> | null
  readonly targets?: Readonly<Record<string, TargetFile>> | null
}

const subsystemSchema = {
  type: ['object', 'null'],
  additionalProperties: false,
  properties: {
    handler: {
      type: ['string', 'null'],
      minLength: 1,
      maxLength: 1000,
      description:
        'JavaScript module whose functions replace built-in operations, relative to the project folder. Default: subsystems/<code>/handler.mjs when it is there. null: built-in only.',
    },
  },
} as const

/**
 * The JSON Schema of `corelab.yaml`: validates the file, and `corelab init` writes it beside the file so that
 * editors complete and check it too. Draft 7, because that is what YAML language servers understand.
 * `patternErrorMessage` is their extension; our own messages use it as well, and `unquotedErrorMessage` for what may be secret.
 */
export const projectSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'corelab.yaml',
  description: 'A corelab project: a distributed bank core on this machine.',
  type: 'object',
  additionalProperties: false,
  required: ['name'],
  properties: {
    name: {
      type: 'string',
      pattern: '^[a-z][a-z0-9-]{0,39}$',
      patternErrorMessage: 'lower-case letters, digits and hyphens, a letter first, at most 40 in all',
      description: 'The name of the project, shown in tables and reports.',
    },
    runtime: {
      enum: ['native'],
      default: 'native',
      description: 'How servers run. native: the programs of this machine, as child processes.',
    },
    profile: {
      enum: ['tiny', 'small', 'full'],
      default: 'small',
      description:
        'How much of the machine an environment may use: tiny fits 2 GiB of memory, small 4 GiB, full 12 GiB. `corelab up --profile` overrides it.',
    },
    database: {
      type: ['object', 'null'],
      additionalProperties: false,
      description: 'Which server the four database nodes run.',
      properties: {
        engine: {
          enum: ['mariadb', 'mysql'],
          default: 'mariadb',
          description:
            'mariadb: 10.11 or later, in Debian and Ubuntu. mysql: 8.4 or later. An environment keeps the engine it was made with: `corelab down --volumes` before a change.',
        },
        programs: {
          type: ['string', 'null'],
          minLength: 1,
          maxLength: 1000,
          default: null,
          description:
            'Folder with mariadbd or mysqld, relative to the project folder. null: PATH and the usual places.',
        },
      },
    },
    ports: {
      type: ['object', 'null'],
      additionalProperties: false,
      description: 'Where the servers listen, always on 127.0.0.1.',
      properties: {
        base: {
          type: ['integer', 'null'],
          minimum: 1024,
          maximum: 65_000,
          default: null,
          description: 'First port of the block of an environment. null: corelab finds a free block.',
        },
      },
    },
    seed: {
      type: 'integer',
      minimum: 0,
      maximum: 4_294_967_295,
      default: 1,
      description: 'Decides all synthetic data: the same seed makes the same customers on every machine.',
    },
    subsystems: {
      type: ['object', 'null'],
      additionalProperties: false,
      description: 'Settings of single subsystems, by code in lower case.',
      properties: Object.fromEntries(subsystemCodes.map((code) => [code.toLowerCase(), subsystemSchema])),
    },
    targets: targetsSchema,
  },
} as const
