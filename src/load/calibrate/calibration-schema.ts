import type { SchemaObject } from 'ajv'
import type { Calibration, FsyncProbe, PieceName, PieceSpeed } from './calibration.js'

const text: SchemaObject = { type: 'string' }
const notNegative: SchemaObject = { type: 'number', minimum: 0 }
const positive: SchemaObject = { type: 'number', exclusiveMinimum: 0 }

const speed = recordOf<PieceSpeed>({ perSecond: positive, median: notNegative, low: notNegative })

/**
 * The JSON Schema of what `corelab calibrate` writes, for `schemaProblems`. Every field is required; fields that it does
 * not know are let pass, because a later corelab may write more.
 */
export const calibrationSchema: SchemaObject = recordOf<Calibration>({
  schema: { enum: ['corelab/calibration@1'] },
  kernel: { type: 'integer', minimum: 0 },
  takenAt: text,
  host: recordOf<Calibration['host']>({
    hostname: text,
    cpuModel: text,
    cores: { type: 'integer', minimum: 1 },
    threadsPerCore: orNull({ type: 'integer', minimum: 1 }),
    memoryBytes: notNegative,
    kernel: text,
    node: text,
  }),
  seconds: positive,
  disturbed: { type: 'boolean' },
  singleThread: recordOf<Record<PieceName, PieceSpeed>>({
    hash: speed,
    scan: speed,
    chase: speed,
    calls: speed,
  }),
  allThreadsGain: orNull(positive),
  memory: recordOf<Calibration['memory']>({ copyBytesPerSecond: notNegative, loadNs: notNegative }),
  fsync: orNull(
    recordOf<FsyncProbe>({
      folder: text,
      count: { type: 'integer', minimum: 0 },
      medianUs: notNegative,
      p95Us: notNegative,
      p99Us: notNegative,
    }),
  ),
})

/** An object with all fields of `T`: the compiler names the one that has no schema here. */
function recordOf<T>(properties: Readonly<Record<keyof T & string, SchemaObject>>): SchemaObject {
  return { type: 'object', required: Object.keys(properties), properties }
}

function orNull(schema: SchemaObject): SchemaObject {
  return { ...schema, type: [schema.type, 'null'] }
}
