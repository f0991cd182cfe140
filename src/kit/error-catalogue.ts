import { benchErrors } from './bench-errors.js'
import { type ErrorEntry, entry } from './error-entry.js'
import { exitCodes } from './exit-codes.js'

const { usage, environment, failed, negative, inconclusive, bug, interrupted } = exitCodes

/**
 * Every error a user can meet, once. `docs/errors.md` is generated from this table and a test keeps them equal.
 */
export const errorCatalogue = {
  USAGE: entry(
    usage,
    'The command line is not valid',
    'A flag, an argument or a command is unknown or missing. The message names it and the nearest valid one; `--help` shows the form.',
  ),
  CONFIG_INVALID: entry(
    usage,
    'corelab.yaml is not valid',
    'A key is unknown or a value has the wrong type. The message gives the path, the value and what is allowed. `corelab config validate` is part of every command that reads the file.',
  ),
  PROJECT_NOT_FOUND: entry(
    usage,
    'There is no corelab project here',
    'Neither this folder nor any parent has a corelab.yaml. Create one with `corelab init`, or change to the project folder.',
  ),
  INIT_CONFLICT: entry(
    usage,
    'Files edited by you would be overwritten',
    '`corelab init` never overwrites an edited file. The message lists them; `--force` overwrites and says which.',
  ),
  ENV_UNKNOWN: entry(
    usage,
    'This project has no such environment',
    'The name given with `--env` was never started here. `corelab status` without `--env` shows the ones that exist.',
  ),
  COMPONENT_UNKNOWN: entry(usage, 'There is no such component', 'The names are those of `corelab status`.'),
  PORT_IN_USE: entry(
    environment,
    'A port is already in use',
    'Another process listens on a port that the plan needs. The message names the holder. Stop it, or choose another block with `--port-base`.',
  ),
  PORTS_EXHAUSTED: entry(
    environment,
    'No free block of ports',
    'Every port block that corelab may use has at least one busy port. Stop unused environments or set `ports.base` in corelab.yaml.',
  ),
  PROGRAM_MISSING: entry(
    environment,
    'A server program is not installed',
    'The native runtime starts the distribution’s own servers. The message names the package command for this host, and Docker as the other way.',
  ),
  PROGRAM_TOO_OLD: entry(
    environment,
    'A server program is too old',
    'The version found is below the lowest one that corelab supports. The message names both.',
  ),
  DISK_TOO_SMALL: entry(
    environment,
    'Not enough free disk space',
    'The profile needs more free space than there is. The message shows both numbers; a smaller profile or another folder helps.',
  ),
  MEMORY_TOO_SMALL: entry(
    environment,
    'Not enough memory for the profile',
    'The sum of the servers’ budgets is larger than the available memory. Use a smaller profile.',
  ),
  PERMISSION_DENIED: entry(
    environment,
    'A file or folder may not be written',
    'The project folder and the cache folder must be writable by the user who runs corelab.',
  ),
  ENV_LOCKED: entry(
    failed,
    'Another corelab command works on this environment',
    'Commands that change an environment take its lock. The message names the holder; wait for it, or stop it.',
    true,
  ),
  ENV_NOT_RUNNING: entry(
    negative,
    'The environment is not running',
    'The command needs a running core. `corelab up` starts it.',
  ),
  COMPONENT_START_FAILED: entry(
    failed,
    'A server stopped while it was starting',
    'The last lines of its own log are shown; everything that had been started was stopped again, in order.',
  ),
  COMPONENT_NOT_READY: entry(
    failed,
    'A server did not become ready in time',
    'The message says what was waited for and for how long, with the last lines of its log. `--timeout` raises the limit.',
    true,
  ),
  REPLICATION_BROKEN: entry(
    failed,
    'Replication does not run',
    'A node’s IO or SQL thread stopped with an error, which is shown.',
  ),
  DATABASE_REFUSED: entry(
    failed,
    'The database refused a statement',
    'The server’s own error is shown with its number.',
  ),
  DATABASE_UNREACHABLE: entry(
    failed,
    'A database node does not answer',
    'The connection was refused, reset or timed out. `corelab status` shows the state of each node.',
    true,
  ),
  BROKER_UNREACHABLE: entry(
    failed,
    'RabbitMQ does not answer',
    '`corelab status` shows its state, `corelab logs rabbitmq` its log.',
    true,
  ),
  CACHE_UNREACHABLE: entry(
    failed,
    'Redis does not answer',
    '`corelab status` shows its state, `corelab logs redis` its log.',
    true,
  ),
  NO_MASTER: entry(
    failed,
    'There is no master at the moment',
    'A failover is under way or was refused. `corelab status` shows the epoch and the reason.',
    true,
  ),
  WRITE_OUTCOME_UNKNOWN: entry(
    failed,
    'The outcome of a write is unknown',
    'The connection broke after the commit was sent. Ask for the result by the idempotency key before trying again.',
    true,
  ),
  BUSINESS_REFUSED: entry(
    failed,
    'The bank refused',
    'A rule of the bank said no: insufficient funds, an unknown account, a foreign legal entity. Nothing was changed. The return code names the rule.',
  ),
  CALL_INVALID: entry(
    usage,
    'A service call is not valid',
    'A header or a field of the argument is missing or has the wrong form. The message names it. Triple status 40.',
  ),
  OPERATION_UNKNOWN: entry(
    usage,
    'There is no such operation',
    'No subsystem declares this interface and method. The message gives the nearest name. Triple status 60.',
  ),
  OPERATION_NOT_BUILT: entry(
    failed,
    'The operation is declared but not built',
    'The operation stands in the contract and has no implementation in this version. A function in the subsystem’s handler.mjs can provide one. Triple status 60.',
  ),
  CALL_TIMED_OUT: entry(
    failed,
    'A service call took too long',
    'The answer did not come within the caller’s time-out. A write may still take effect: ask for its result by the idempotency key before trying again. Triple status 31.',
    true,
  ),
  SUBSYSTEM_UNAVAILABLE: entry(
    failed,
    'A subsystem does not take calls now',
    'The host is stopping, has too many calls under way, or does not answer. The call was not carried out. Triple status 35.',
    true,
  ),
  HANDLER_BROKEN: entry(
    failed,
    'A handler file of this project cannot be used',
    'The subsystem’s handler.mjs did not load, or does not export functions. The other subsystems go on; this one is not ready until the file is mended and the core restarted.',
  ),
  BENCH_NEEDS: entry(
    usage,
    'A scenario needs something that is not there',
    'A benchmark works on data or servers that this core does not have, e.g. customers. The message names the command that makes them.',
  ),
  FAILOVER_REFUSED: entry(
    failed,
    'The failover was refused',
    'No candidate holds everything that may have been acknowledged. The message says what is missing.',
  ),
  SWITCHOVER_REFUSED: entry(
    failed,
    'The switchover was refused',
    'It would not have been short or safe; nothing was changed. The message says what is in the way.',
  ),
  REJOIN_REFUSED: entry(
    failed,
    'The node cannot be brought back this way',
    'The message says what stands against it. `inspect` lists what the node has beyond the present history; `reclone` copies a slave and works for every node that is out of service; `flashback` can only undo row changes.',
  ),
  KEEPER_UNREACHABLE: entry(
    failed,
    'The keeper does not answer',
    'The environment’s keeper process died or is frozen. The next `corelab up` adopts what it left.',
    true,
  ),
  NETWORK_UNREACHABLE: entry(
    failed,
    'The fault proxy does not answer',
    'Drills send every connection through a proxy of corelab, which takes its orders on a unix socket. Its process died or is frozen: `corelab logs network`.',
    true,
  ),
  BINLOG_REFUSED: entry(
    failed,
    'The binlog of a database node cannot be followed',
    'The node refused the stream, writes its binlog without CRC32 checksums, or does not do semi-synchronous replication. The message names the node and its answer.',
    true,
  ),
  BINLOG_POSITION_LOST: entry(
    failed,
    'A database node does not have the binlog position asked for',
    'Its binlogs from there on were purged or reset, or its history is another one. Nothing is skipped: the reader has to be given a node that has the position.',
  ),
  BINLOG_DAMAGED: entry(
    failed,
    'A binlog event is damaged',
    'The checksum or the structure of an event is wrong. The message names the file and the position. The event was not passed on.',
  ),
  BINLOG_REPLAY_FAILED: entry(
    failed,
    'A transaction of the binlog could not be applied',
    'The message names the transaction, where it stands, and the server’s error. What was applied before is a prefix; the same replay goes on from there once the cause is removed.',
    true,
  ),
  QLINK_UNREACHABLE: entry(
    failed,
    'qlink does not answer',
    'qlink’s process died or is frozen. Commits wait meanwhile, and nothing is lost; the keeper starts it again, and it goes on from the end of its log.',
    true,
  ),
  QLINK_TERM_OLD: entry(
    failed,
    'A newer keeper has taken over',
    'Each keeper that starts claims qlink with a higher term; from then on the calls of earlier ones are refused, so that two keepers cannot decide against each other.',
  ),
  QLINK_REFUSED: entry(
    failed,
    'qlink refused',
    'An epoch can be opened only after the one before it was sealed, and with a higher number; a replay needs a sealed epoch. The message says what stood in the way.',
  ),
  QLINK_DISK_FAILED: entry(
    failed,
    'qlink could not write to its disk',
    'A record of its journal could not be made durable, so it is not in force; only a seal goes on muting. The message holds the system’s error. qlink goes on by itself when the disk can be written again.',
    true,
  ),
  QLINK_LOG_DAMAGED: entry(
    failed,
    'qlink’s log is damaged',
    'Bytes that had been made durable are not what they were, and the message says where. qlink acknowledges nothing then, so commits wait. `corelab qlink verify` lists all damage. Put back a copy of the file, if there is one. Else `corelab cluster failover --force-with-possible-loss` puts it aside and begins a new log: on the master if it still answers, which loses nothing, else on the node with the longest history.',
  ),
  QLINK_LOG_LOST: entry(
    failed,
    'qlink’s log is gone',
    'qlink knows nothing of the present epoch: its files were removed, or replaced by older ones. Writes wait, because nobody knows what was acknowledged. Put the folder `components/qlink/data` back, if there is a copy. Else `corelab cluster failover --force-with-possible-loss` begins a new log: on the master if it still answers, which loses nothing, else on the node with the longest history.',
  ),
  DRILL_UNKNOWN: entry(
    usage,
    'There is no such drill',
    'The message gives the nearest name. `corelab drills list` shows all of them, with their numbers.',
  ),
  DRILL_ENV_TAKEN: entry(
    failed,
    'The environment for drills is taken',
    'A drill makes an environment of its own and deletes it afterwards, so it takes none that it did not make: another drill works there, it was kept with `--keep`, or it is yours. The message says which. `--env NAME` chooses another one.',
  ),
  DRILL_NEED_UNMET: entry(
    inconclusive,
    'The drill cannot run here',
    'This core or this host lacks something that the drill needs. The message names it. The verdict is `unknown`, never a pass.',
  ),
  DRILL_TARGET_MISSING: entry(
    inconclusive,
    'There is nothing that the fault could hit',
    'The process or the role that the drill was about to strike was not there. The verdict is `unknown`.',
  ),
  FAULT_WITHOUT_EFFECT: entry(
    inconclusive,
    'A fault had no effect',
    'The drill struck, and nothing happened: it proves nothing. The verdict is `unknown`.',
  ),
  DRILL_AWAITED_IN_VAIN: entry(
    negative,
    'What the drill waited for did not come',
    'The schedule of a drill waits for the core to react, within a limit. The message says what did not happen, and what the keeper said last.',
  ),
  QLINK_NOT_LOGGED: entry(
    negative,
    'The transaction is not in qlink’s log',
    'The GTID was removed with its segment after the shadow had applied it, or comes after the end of the log, or the log has another transaction in its place. `corelab qlink status` shows from where to where the log reaches.',
  ),
  LOAD_FAILED: entry(
    failed,
    'Loading the population failed',
    'The statement that failed and the server’s error are shown. The same command goes on from the last finished chunk.',
    true,
  ),
  LOAD_WINDOW_OPEN: entry(
    failed,
    'An offline load is not finished',
    '`corelab users load` filled a copy of the database while the core was down, and was stopped. The same command goes on where it was. `corelab users load --abandon` gives it up: until the copy takes its place, the data of the nodes is untouched.',
  ),
  SCHEMA_ALTERED: entry(
    environment,
    'A table cannot take the population',
    'A table of the population is missing, or somebody changed a column: it is gone, too short, of another type, or a new one has no default. The message names table and column, the fix the statement that mends it. This is found before anything is stopped or written. Columns that fill themselves may be added.',
  ),
  POPULATION_DIFFERS: entry(
    negative,
    'The environment holds another population',
    'Customers of another seed, of another number of entities, or more of them than asked for are loaded already. They are never mixed: use the same seed, or an environment without data.',
  ),
  ...benchErrors,
  VERIFY_FAILED: entry(negative, 'The verification found a difference', 'Expected and found are listed.'),
  STEP_FAILED: entry(
    failed,
    'A step of the tour failed',
    'The report shows the step as failed, with its cause.',
  ),
  FILE_DAMAGED: entry(
    failed,
    'A state file is damaged',
    'A file under .corelab could not be read back. `corelab down --volumes` removes the environment; `corelab up` makes it anew.',
  ),
  DOCTOR_BLOCKER: entry(
    negative,
    'This host is not ready',
    '`corelab doctor` found at least one blocker; each comes with its cause and its fix.',
  ),
  TIMED_OUT: entry(
    failed,
    'The command took longer than its limit',
    'The limit given with `--timeout` passed, and the command was stopped in order. Run it again with a longer one.',
    true,
  ),
  CANCELLED: entry(
    interrupted,
    'Cancelled',
    'You stopped the command. What had been started was stopped in order.',
  ),
  BUG: entry(
    bug,
    'corelab did something it should not',
    'An invariant did not hold. Please report it with the log file that the message names.',
  ),
} as const satisfies Record<string, ErrorEntry>

export type ErrorCode = keyof typeof errorCatalogue
