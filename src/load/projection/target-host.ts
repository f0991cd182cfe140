/** A host that figures are projected to, as its owner describes it (`--target host.yaml`). */
export interface TargetHost {
  readonly name: string
  /** Physical cores of one host. */
  readonly cores: number
  readonly threadsPerCore: 1 | 2
  readonly speed: TargetSpeed
  /** Of one small write and its sync; null = not known. */
  readonly fsync: { readonly medianUs: number; readonly p95Us: number } | null
  readonly network: { readonly gbit: number; readonly roundTripUs: number | null } | null
  /** `one-host`: all four nodes, qlink and the services share it. `host-per-node`: a host of this kind for each node, and one for the services. */
  readonly layout: 'one-host' | 'host-per-node'
  /** `local`: on the hosts of the servers; `share` = part of the cores that is kept for them, null = they compete for all. */
  readonly clients: { readonly where: 'local' | 'remote'; readonly share: number | null }
  readonly connections: number
  readonly applierThreads: number
  readonly memoryBytes: number | null
}

export type TargetSpeed =
  | { readonly by: 'calibration'; readonly file: string }
  | { readonly by: 'class'; readonly cpuClass: string }
  /** 90 % interval of the speed of one busy core, target : this host. */
  | { readonly by: 'ratio'; readonly low: number; readonly high: number }
