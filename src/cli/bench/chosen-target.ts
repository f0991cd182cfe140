import { join } from 'node:path'
import { corelabError } from '../../kit/errors.js'
import { nearest } from '../../kit/nearest.js'
import { parseTarget, withoutPassword } from '../../load/external/parse-target.js'
import type { InventoryServer, PasswordSource } from '../../model/inventory.js'
import { projectLayout } from '../../model/project-layout.js'
import { findProject } from '../../project/find-project.js'
import { type PlaceFlags, startDir } from '../place.js'

/** Servers of somebody else, as `--target` names them: by address, or by a name in `corelab.yaml`. */
export interface ChosenTarget {
  /** As it was given, without a password: for messages and for the command that repeats the run. */
  readonly text: string
  /** The master first. */
  readonly servers: readonly [master: ChosenServer, ...readers: ChosenServer[]]
  /** What files with passwords are relative to; null when none can be. */
  readonly projectDir: string | null
}

export interface ChosenServer extends Omit<InventoryServer, 'password'> {
  readonly password: PasswordPlace
}

/** `address`: within the address of the command line, if it has one. null: the account has none. */
export type PasswordPlace = PasswordSource | { readonly kind: 'address'; readonly text: string | null } | null

/** Throws USAGE, TARGET_UNKNOWN, PROJECT_NOT_FOUND and CONFIG_INVALID. */
export async function chooseTarget(text: string, place: PlaceFlags): Promise<ChosenTarget> {
  if (/[:/]/.test(text)) return byAddress(text)
  const { dir, config } = await findProject({ fromDir: startDir(place) })
  const [master, ...readers] = Object.hasOwn(config.targets, text)
    ? (config.targets[text]?.servers ?? [])
    : []
  if (master) return { text, servers: [master, ...readers], projectDir: dir }
  throw unknownTarget(text, join(dir, projectLayout.config), Object.keys(config.targets))
}

function byAddress(text: string): ChosenTarget {
  const { password, ...target } = parseTarget(text)
  const name = target.socketPath === null ? `${target.host}:${target.port}` : 'localhost'
  return {
    text: withoutPassword(text),
    servers: [{ ...target, name, role: 'master', password: { kind: 'address', text: password } }],
    projectDir: null,
  }
}

function unknownTarget(text: string, file: string, known: readonly string[]) {
  const meant = nearest(text, known)
  const example = [
    'It lists none. An example:',
    'targets:',
    '  staging:',
    '    user: bench',
    '    password: { variable: BENCH_PASSWORD }',
    '    servers:',
    '      db-a: { role: master, host: 127.0.0.1, port: 3306 }',
  ]
  return corelabError('TARGET_UNKNOWN', {
    message: `There is no target "${text}" in ${file}`,
    detail: known.length > 0 ? `It has: ${known.join(', ')}` : example.join('\n'),
    fix: [
      ...(known.length > 0 ? [`--target ${meant ?? known[0]}`] : []),
      '--target mysql://USER@HOST:PORT   (a server by its address)',
    ],
  })
}
