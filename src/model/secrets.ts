/**
 * The generated passwords of an environment, one file per holder under `secrets/` (0600 in a 0700 folder).
 * `secrets.json` is read by the keeper and by commands of the same user, never passed on a command line.
 */
export interface Secrets {
  readonly schema: 'corelab/secrets@1'
  readonly database: {
    /** Administers nodes: keeper only. */
    readonly keeper: string
    /** Replication between nodes. */
    readonly replication: string
    /** qlink: receives the master's binlog, and replays the missing tail on its successor. */
    readonly qlink: string
    /** Applies schemas (DDL) at boot. */
    readonly schema: string
    /** Bulk loads and verifies the population. */
    readonly loader: string
    /** Load generators and checkers: select, and updates of their own bench schema. */
    readonly workload: string
    /** By subsystem code in lower case, e.g. `pay`. */
    readonly subsystems: Readonly<Record<string, string>>
  }
  readonly redis: string
  readonly rabbitmq: string
  readonly erlangCookie: string
}
