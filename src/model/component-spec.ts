import type { NodeName } from './node.js'

/** A supervised part of an environment: a server process with its files, its readiness and its way to stop. */
export type ComponentName = NodeName | 'qlink' | 'network' | 'redis' | 'rabbitmq' | 'subsystems'

export type ComponentKind = 'database' | 'qlink' | 'fault-proxy' | 'cache' | 'broker' | 'subsystem-host'

export interface FileSpec {
  readonly path: string
  /** 0o600 for anything with a secret in it. */
  readonly mode: number
  readonly text: string
}

/**
 * How to tell that a server answers its own protocol (being *usable* is asked by the cluster, not here).
 * `tcp`: connect, optionally send, and see the answer begin with `expect`. `http`: a GET that answers 200.
 */
export type ReadinessProbe =
  | {
      readonly kind: 'tcp'
      readonly host: string
      readonly port: number
      /** latin1 text to send after connecting; null sends nothing. */
      readonly send: string | null
      /** A regular expression over the latin1 answer. */
      readonly expect: string
    }
  | {
      readonly kind: 'unix'
      readonly socketPath: string
      readonly send: string | null
      readonly expect: string
    }
  | { readonly kind: 'http'; readonly url: string }

/** A helper process that must live exactly as long as the component (RabbitMQ's port mapper). */
export interface CompanionSpec {
  readonly command: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** The component is started once this answers. */
  readonly readiness: ReadinessProbe
}

/** WHAT to run, as plain data: a runtime executes it without knowing what it is. Paths are absolute. */
export interface ComponentSpec {
  readonly name: ComponentName
  readonly kind: ComponentKind
  readonly command: string
  readonly args: readonly string[]
  /** The whole environment of the process; nothing is inherited but PATH and the locale. */
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  /** Folders made (0700) before the start. */
  readonly dirs: readonly string[]
  /** A folder that the server fills by itself at its first start; null when it comes filled, or may be half made. */
  readonly dataMadeAtFirstStart: string | null
  /** Written before the start, when they differ. */
  readonly files: readonly FileSpec[]
  readonly ports: readonly number[]
  /** Receives stdout and stderr. */
  readonly outputLog: string
  /** The log a person would open; its tail is shown when the component fails. */
  readonly serverLog: string
  readonly readiness: ReadinessProbe
  readonly readyLimitMs: number
  readonly stop: { readonly signal: 'SIGTERM' | 'SIGINT'; readonly graceMs: number }
  readonly companion: CompanionSpec | null
}
