/** How much of the machine an environment may use. */
export type ProfileName = 'tiny' | 'small' | 'full'

export interface Profile {
  readonly name: ProfileName
  readonly bufferPoolBytes: number
  readonly redoLogBytes: number
  readonly maxConnections: number
  readonly redisMaxMemoryBytes: number
  readonly rabbitmqMemoryBytes: number
  /** Free disk that `up` asks for before it starts anything. */
  readonly diskBytesMin: number
  /** What all processes together are expected to stay below. */
  readonly memoryBytesMax: number
  readonly customersDefault: number
}

const mib = 1024 * 1024
const gib = 1024 * mib

/**
 * tiny must fit 2 GiB, small is the default on a developer's machine, full is for benchmarks.
 * A mariadbd costs about 90 MiB beside its buffer pool, RabbitMQ about 150 MiB, each Node process about 90 MiB.
 */
export const profiles: Readonly<Record<ProfileName, Profile>> = Object.freeze({
  tiny: {
    name: 'tiny',
    bufferPoolBytes: 64 * mib,
    redoLogBytes: 48 * mib,
    maxConnections: 100,
    redisMaxMemoryBytes: 64 * mib,
    rabbitmqMemoryBytes: 256 * mib,
    diskBytesMin: 2 * gib,
    memoryBytesMax: 2 * gib,
    customersDefault: 20_000,
  },
  small: {
    name: 'small',
    bufferPoolBytes: 256 * mib,
    redoLogBytes: 256 * mib,
    maxConnections: 300,
    redisMaxMemoryBytes: 128 * mib,
    rabbitmqMemoryBytes: 256 * mib,
    diskBytesMin: 6 * gib,
    memoryBytesMax: 4 * gib,
    customersDefault: 100_000,
  },
  full: {
    name: 'full',
    bufferPoolBytes: 1536 * mib,
    redoLogBytes: 1024 * mib,
    // As many clients as a benchmark may have; they cost memory when they are there.
    maxConnections: 5000,
    redisMaxMemoryBytes: 512 * mib,
    rabbitmqMemoryBytes: 512 * mib,
    diskBytesMin: 24 * gib,
    memoryBytesMax: 12 * gib,
    customersDefault: 1_000_000,
  },
})
