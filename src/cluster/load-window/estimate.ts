import type { CorelabError } from '../../kit/errors.js'
import { corelabError } from '../../kit/errors.js'
import { formatBytes, formatCount } from '../../kit/units.js'
import type { Profile } from '../../model/profile.js'

/**
 * `offline`: the core stands still, one node is filled and copied. `replicated`: through the master, while the core
 * serves. `none`: everything is there.
 */
export type LoadWay = 'offline' | 'replicated' | 'none'

/** What a load will take, and what there is. */
export interface LoadEstimate {
  readonly diskBytesNeeded: number
  readonly diskBytesFree: number
  readonly memoryBytesNeeded: number
  readonly memoryBytesFree: number
  /** The most customers that fit beside what is loaded. */
  readonly customersMax: number
}

export interface EstimateInput {
  readonly way: LoadWay
  /** To be loaded now. */
  readonly customers: number
  readonly nodes: number
  /** What one node has already: an offline load copies it, too. */
  readonly nodeBytes: number
  readonly diskBytesFree: number
  /** With what the core will let go of when it is stopped. */
  readonly memoryBytesFree: number
  readonly profile: Profile
}

/** All tables of one customer in the files of one node: `data_length` of all sub-tables after `users load --count 300k`. */
const nodeBytesPerCustomer = 920
/** InnoDB gives a table that outgrows its first pages room in advance: 8 MB for each of the 150 sub-tables, not more. */
const slackBytesPerCustomer = 4000
const slackBytesMax = 1200 * 1024 * 1024
/** What the master and each replica write into their binlogs, and qlink into its log, when a load is replicated. */
const logBytesPerCustomer = 800
/** For what is written beside it while it is loaded. */
const diskMarginBytes = 256 * 1024 * 1024
/** The command and its threads without the keys, and the server without its buffer pool. */
const processBytes = 512 * 1024 * 1024
const keyBytesPerCustomer = 8

const mib = 1024 * 1024
/** A sub-table of a million customers and its neighbours, hot. More does not make sorted rows faster. */
const bufferPoolBytesMax = 1024 * mib
/** Pages of one sub-table are written out once and not at every checkpoint. */
const redoLogBytesMax = 1024 * mib
/** Below, the settings of every day are as good. */
const customersForRoom = 200_000

/** How much room the server of an offline load gets: as much as is there, up to where more is no use. */
export function roomFor(input: Pick<EstimateInput, 'customers' | 'memoryBytesFree' | 'profile'>): {
  readonly bufferPoolBytes: number
  readonly redoLogBytes: number
} {
  const { bufferPoolBytes, redoLogBytes } = input.profile
  if (input.customers < customersForRoom) return { bufferPoolBytes, redoLogBytes }
  const quarter = Math.floor(input.memoryBytesFree / 4 / mib) * mib
  return {
    bufferPoolBytes: Math.max(bufferPoolBytes, Math.min(bufferPoolBytesMax, quarter)),
    redoLogBytes: Math.max(redoLogBytes, redoLogBytesMax),
  }
}

export function estimateLoad(input: EstimateInput): LoadEstimate {
  const { way, customers, nodes, nodeBytes } = input
  const room = roomFor(input)
  const fixed = way === 'offline' ? nodes * nodeBytes + room.redoLogBytes + diskMarginBytes : diskMarginBytes
  const logsPerCustomer = way === 'offline' ? 0 : ((nodes + 1) * logBytesPerCustomer) / nodes
  const byCustomer = { nodes, perCustomer: nodeBytesPerCustomer + logsPerCustomer }
  const memoryFixed = processBytes + (way === 'offline' ? room.bufferPoolBytes : 0)
  const memoryPerCustomer = way === 'offline' ? keyBytesPerCustomer : 0
  const byDisk = customersIn(input.diskBytesFree - fixed, byCustomer)
  const byMemory =
    memoryPerCustomer === 0 ? byDisk : (input.memoryBytesFree - memoryFixed) / memoryPerCustomer
  return {
    diskBytesNeeded: fixed + bytesOf(customers, byCustomer),
    diskBytesFree: input.diskBytesFree,
    memoryBytesNeeded: memoryFixed + customers * memoryPerCustomer,
    memoryBytesFree: input.memoryBytesFree,
    customersMax: Math.max(0, rounded(Math.min(byDisk, byMemory))),
  }
}

interface ByCustomer {
  readonly nodes: number
  readonly perCustomer: number
}

function bytesOf(customers: number, { nodes, perCustomer }: ByCustomer): number {
  return nodes * (customers * perCustomer + Math.min(slackBytesMax, customers * slackBytesPerCustomer))
}

/** The inverse: before and after the slack has reached its most. */
function customersIn(bytes: number, { nodes, perCustomer }: ByCustomer): number {
  const ofOne = bytes / nodes
  const many = (ofOne - slackBytesMax) / perCustomer
  return Math.floor(Math.max(many, ofOne / (perCustomer + slackBytesPerCustomer)))
}

/** Throws DISK_TOO_SMALL or MEMORY_TOO_SMALL, with both numbers and a `--count` that fits. */
export function demandRoom(
  estimate: LoadEstimate,
  { customers, held }: { readonly customers: number; readonly held: number },
): void {
  if (estimate.diskBytesFree < estimate.diskBytesNeeded)
    throw tooSmall('DISK_TOO_SMALL', 'free disk', estimate.diskBytesNeeded, estimate.diskBytesFree, {
      customers,
      fits: held + estimate.customersMax,
      held,
    })
  if (estimate.memoryBytesFree < estimate.memoryBytesNeeded)
    throw tooSmall('MEMORY_TOO_SMALL', 'memory', estimate.memoryBytesNeeded, estimate.memoryBytesFree, {
      customers,
      fits: held + estimate.customersMax,
      held,
    })
}

function tooSmall(
  code: 'DISK_TOO_SMALL' | 'MEMORY_TOO_SMALL',
  what: string,
  neededBytes: number,
  freeBytes: number,
  { customers, fits, held }: { readonly customers: number; readonly fits: number; readonly held: number },
): CorelabError {
  return corelabError(code, {
    message: `Loading ${formatCount(customers)} customers needs ${formatBytes(neededBytes)} of ${what}, there are ${formatBytes(freeBytes)}`,
    fix: [
      ...(fits > held ? [`corelab users load --count ${fits}`] : []),
      ...(code === 'DISK_TOO_SMALL'
        ? ['free some space, or put the project on another disk']
        : ['stop other programs']),
    ],
  })
}

/** Two digits are as exact as an estimate is. */
function rounded(count: number): number {
  if (count < 100) return Math.max(0, Math.floor(count))
  const unit = 10 ** (Math.floor(Math.log10(count)) - 1)
  return Math.floor(count / unit) * unit
}
