import { entry } from './error-entry.js'
import { exitCodes } from './exit-codes.js'

const { usage, failed, inconclusive } = exitCodes

/** Errors of `corelab bench` and `corelab calibrate`; part of the one catalogue. */
export const benchErrors = {
  TARGET_INVALID: entry(
    usage,
    'The description of a target host is not valid',
    'A key of the file given with `--target` is unknown or missing, or has a value that is not allowed. The message gives the line, the value and what is allowed. `corelab bench project --example` prints a valid file.',
  ),
  TARGET_FOREIGN: entry(
    usage,
    'The target is another host',
    'A load test may slow down or stop what runs on a server. Against an address that is not this host it is only run by who says that the host is theirs.',
  ),
  TARGET_REFUSED: entry(
    failed,
    'The target does not let us write',
    'A benchmark works in a schema of its own, whose name begins with corelab_bench_, and drops it afterwards. The account lacks the rights (the message shows the GRANT that allows that and nothing else), or the server is read-only, and so not the master.',
  ),
  TARGET_UNKNOWN: entry(
    usage,
    'No target of that name',
    '`--target` takes an address, or the name of a target in `corelab.yaml`. The message lists the names that are there.',
  ),
  TARGET_PASSWORD: entry(
    usage,
    'The password of a target cannot be read',
    '`corelab.yaml` names an environment variable or a file with the password of an account. The variable must be set, and the file must be there, belong to who runs the command, and be readable by nobody else (mode 0600).',
  ),
  TARGET_NOT_REPLICATING: entry(
    failed,
    'A reader does not get what the master writes',
    'Before a run that reads, a row is written on the master of the target, and has to appear on each of its readers. On one of them it did not come in time: it replicates from somebody else, its replication is stopped, or it is far behind. Measure without it, or correct its role in `corelab.yaml`.',
  ),
  CALIBRATION_INVALID: entry(
    usage,
    'A calibration cannot be used',
    'The file is not what `corelab calibrate` writes, or was written by another version of its kernel: only figures of the same kernel can be divided by each other. Run `corelab calibrate` on both hosts with the same version of corelab.',
  ),
  CALIBRATION_FAILED: entry(
    failed,
    'A part of the calibration could not be measured',
    'The system refused what a probe needs, most often a file in the folder for syncs. The message has its reason. `--fsync-dir` names another folder.',
  ),
  RESULT_INVALID: entry(
    usage,
    'A saved result cannot be read',
    'The file is not a `result.json` of `corelab bench run`, or of a version that this one does not know. The message names the file and what is wrong with it.',
  ),
  RUNS_UNLIKE: entry(
    usage,
    'Two runs cannot be compared',
    'They differ in more than what the comparison is about: host, profile, connections, data size, durability or other settings. A ratio of such runs would say nothing, so none is printed. The message names everything that differs; measure both sides alike, or let `corelab bench compare A B` measure them in turns.',
  ),
  PEER_FAILED: entry(
    failed,
    'A program that was to be compared with failed',
    'sysbench ended before it had measured anything. The message shows its own last lines; a login that is refused, a missing table or too many connections are the usual reasons.',
    true,
  ),
  PEER_UNSUITED: entry(
    usage,
    'This program cannot do what the scenario does',
    'A comparison with an outside program has to send the same statement to the same rows of the same node. sysbench is used for point reads and for updates of single rows. The message names what was asked for.',
  ),
  NOTHING_TO_PROJECT: entry(
    inconclusive,
    'The results do not carry a projection',
    'A projection needs runs that are figures, with the CPU of every process known, of data that fits into memory, and all of one host. The message lists what was left out and why.',
  ),
} as const
