/** `targets` of `corelab.yaml`, as a person writes it. What one server does not say is said for all of its target. */
export interface TargetFile extends AccountFile {
  readonly servers: Readonly<Record<string, ServerFile>>
}

export interface ServerFile extends AccountFile {
  readonly role: 'master' | 'reader'
  readonly host?: string
  readonly port?: number
  readonly socket?: string
}

interface AccountFile {
  readonly user?: string
  readonly password?: { readonly variable?: string; readonly file?: string } | null
}

const nameRule = {
  pattern: '^[a-z][a-z0-9-]{0,31}$',
  patternErrorMessage: 'lower-case letters, digits and hyphens, a letter first, at most 32 in all',
} as const

const account = {
  user: {
    type: 'string',
    minLength: 1,
    maxLength: 80,
    description: 'The account of the load. `corelab bench run ... --dry-run` prints the GRANT that it needs.',
  },
  password: {
    type: ['object', 'null'],
    additionalProperties: false,
    description:
      'Where the password is kept: in an environment variable, or in a file. Never the password itself.',
    unquotedErrorMessage:
      'is not where a password belongs: this file is shared. Write { variable: NAME } and set that environment variable, or { file: PATH } of a file with mode 0600',
    properties: {
      variable: {
        type: 'string',
        pattern: '^[A-Za-z_][A-Za-z0-9_]{0,99}$',
        unquotedErrorMessage:
          'is not the name of an environment variable: letters, digits and underscores, no digit first',
        description: 'The environment variable that holds the password.',
      },
      file: {
        type: 'string',
        minLength: 1,
        maxLength: 1000,
        unquotedErrorMessage: 'is not the path of a file: text of 1 to 1000 letters',
        description:
          'A file with the password, relative to the project folder, which only its owner may read.',
      },
    },
  },
} as const

const server = {
  type: 'object',
  additionalProperties: false,
  required: ['role'],
  properties: {
    role: {
      enum: ['master', 'reader'],
      description:
        'master: takes the writes; there is exactly one. reader: serves reads, and replicates from it.',
    },
    host: {
      type: 'string',
      pattern: '^[A-Za-z0-9_:%][A-Za-z0-9._:%-]{0,252}$',
      unquotedErrorMessage: 'is not the name or the address of a host, alone',
      description: 'Name or address. What is not this host also needs --i-own-this-host with each run.',
    },
    port: { type: 'integer', minimum: 1, maximum: 65_535, default: 3306 },
    socket: {
      type: 'string',
      pattern: '^/.{1,106}$',
      patternErrorMessage: 'the absolute path of a unix socket, at most 107 letters',
      description: 'A unix socket of this host, in the place of host and port.',
    },
    ...account,
  },
} as const

/** `unquotedErrorMessage`: a value that may hold a secret is never repeated. */
export const targetsSchema = {
  type: ['object', 'null'],
  propertyNames: nameRule,
  description:
    'Database servers that somebody else runs, by name, for `corelab bench run ... --target NAME`. Several servers of one name are measured together.',
  additionalProperties: {
    type: 'object',
    additionalProperties: false,
    required: ['servers'],
    properties: {
      ...account,
      servers: {
        type: 'object',
        propertyNames: nameRule,
        description: 'The servers, each by a name of its own.',
        additionalProperties: server,
      },
    },
  },
} as const
