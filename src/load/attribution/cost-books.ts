import type { ProcessShare } from '../../model/bench-result.js'
import { readCpuMs } from '../../sys/proc-stat.js'
import type { BenchProcess } from '../bench/bench-core.js'
import { type ProcessCosts, readProcessCosts } from './process-costs.js'

/** Who used how much CPU between two moments, by name. */
export class CostBooks {
  readonly #accounts: readonly Account[]
  #client = { begun: ownCosts(), ended: null as ProcessCosts | null }

  constructor(processes: readonly BenchProcess[]) {
    this.#accounts = processes.map((process) => ({ process, begun: null, seen: null, looked: 0 }))
  }

  begin(): void {
    for (const account of this.#accounts) {
      account.begun = readProcessCosts(account.process.pid)
      account.seen = account.begun
      account.looked = account.begun?.cpuMs ?? 0
    }
    this.#client = { begun: ownCosts(), ended: null }
  }

  /** In between: a process that ends during the run has at least used what was seen last. */
  look(): void {
    for (const account of this.#accounts) {
      const cpuMs = readCpuMs(account.process.pid)
      if (cpuMs === null) continue
      account.looked = cpuMs
      if (account.seen) account.seen = { ...account.seen, cpuMs }
    }
  }

  end(): void {
    for (const account of this.#accounts) account.seen = readProcessCosts(account.process.pid) ?? account.seen
    this.#client.ended = ownCosts()
  }

  /** Of all of them, as last looked at, and of this process: for differences. */
  cpuMs(): number {
    return this.#accounts.reduce((sum, { looked }) => sum + looked, ownCosts().cpuMs)
  }

  /** The client first. `hostBusyMs`: all CPU time of the host, from which that of the `others` follows. */
  shares(okCount: number, hostBusyMs: number | null): readonly ProcessShare[] {
    const { begun, ended } = this.#client
    const client = costsBetween(begun, ended ?? ownCosts())
    const named = new Map<string, { role: string | null; costs: ProcessCosts }>()
    for (const { process, begun, seen } of this.#accounts) {
      const costs = begun && seen ? costsBetween(begun, seen) : nothing
      const before = named.get(process.name)
      named.set(process.name, { role: process.role, costs: before ? sumOf(before.costs, costs) : costs })
    }
    const shares = [
      shareOf('client', null, client, okCount),
      ...[...named].map(([name, { role, costs }]) => shareOf(name, role, costs, okCount)),
    ]
    if (hostBusyMs === null) return shares
    const oursMs = shares.reduce((sum, { cpuMs }) => sum + cpuMs, 0)
    const others = { cpuMs: Math.max(0, hostBusyMs - oursMs), contextSwitches: 0 }
    return [...shares, { ...shareOf('others', null, others, okCount), contextSwitchesPerOperation: null }]
  }
}

interface Account {
  readonly process: BenchProcess
  begun: ProcessCosts | null
  seen: ProcessCosts | null
  looked: number
}

const nothing: ProcessCosts = Object.freeze({ cpuMs: 0, contextSwitches: 0 })

function ownCosts(): ProcessCosts {
  const { userCPUTime, systemCPUTime, voluntaryContextSwitches, involuntaryContextSwitches } =
    process.resourceUsage()
  return {
    cpuMs: (userCPUTime + systemCPUTime) / 1000,
    contextSwitches: voluntaryContextSwitches + involuntaryContextSwitches,
  }
}

function costsBetween(before: ProcessCosts, after: ProcessCosts): ProcessCosts {
  return {
    cpuMs: Math.max(0, after.cpuMs - before.cpuMs),
    // Threads that ended meanwhile have taken theirs with them.
    contextSwitches: Math.max(0, after.contextSwitches - before.contextSwitches),
  }
}

function sumOf(one: ProcessCosts, other: ProcessCosts): ProcessCosts {
  return {
    cpuMs: one.cpuMs + other.cpuMs,
    contextSwitches: one.contextSwitches + other.contextSwitches,
  }
}

function shareOf(name: string, role: string | null, costs: ProcessCosts, okCount: number): ProcessShare {
  const { cpuMs, contextSwitches } = costs
  return {
    ...{ name, role, cpuMs },
    cpuUsPerOperation: okCount > 0 ? (cpuMs * 1000) / okCount : null,
    contextSwitchesPerOperation: okCount > 0 ? contextSwitches / okCount : null,
  }
}
