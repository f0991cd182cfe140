/** Why a source sends nothing: the replica is not a prefix of it, or it lacks the binlogs from there on. */
export type SourceRefusal = 'diverged' | 'purged'

/** Reads the error with which a replica's receiving ended; null when it means something else. */
export function refusalOf(error: string): SourceRefusal | null {
  if (purged.some((text) => error.includes(text))) return 'purged'
  if (diverged.some((text) => error.includes(text))) return 'diverged'
  return null
}

/** `sql/sql_repl.cc` of MariaDB, `ER_SOURCE_HAS_PURGED_REQUIRED_GTIDS` of MySQL. */
const purged = [
  'Could not find GTID state requested by slave in any binlog files',
  'required binlog files have been purged',
  'purged required binary logs',
]

const diverged = [
  "which is not in the master's binlog",
  'The binlog on the master is missing the GTID',
  // ER_REPLICA_HAS_MORE_GTIDS_THAN_SOURCE
  'more GTIDs than the source has',
]
