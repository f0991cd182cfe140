import { readFileSync } from 'node:fs'
import { cpus, freemem, release, totalmem } from 'node:os'

/** What absolute numbers must be read beside: the machine they were measured on. */
export interface HostFacts {
  readonly cpuModel: string
  readonly cores: number
  readonly memoryTotalBytes: number
  /** What new processes can get without swapping; smaller than the machine's inside a limited container. */
  readonly memoryAvailableBytes: number
  readonly kernel: string
}

export function readHostFacts(): HostFacts {
  const processors = cpus()
  const limit = containerMemory()
  return {
    cpuModel: processors[0]?.model.trim() || 'unknown',
    cores: processors.length,
    memoryTotalBytes: Math.min(totalmem(), limit.totalBytes),
    memoryAvailableBytes: Math.min(availableBytes(), limit.availableBytes),
    kernel: release(),
  }
}

function availableBytes(): number {
  const match = /^MemAvailable:\s+(\d+) kB/m.exec(readText('/proc/meminfo'))
  return match ? Number(match[1]) * 1024 : freemem()
}

/** The limits of a control group (version 2) that holds this process; infinite when there is none. */
function containerMemory(): { readonly totalBytes: number; readonly availableBytes: number } {
  const totalBytes = Number.parseInt(readText('/sys/fs/cgroup/memory.max'), 10)
  if (Number.isNaN(totalBytes)) return { totalBytes: Infinity, availableBytes: Infinity }
  const usedBytes = Number.parseInt(readText('/sys/fs/cgroup/memory.current'), 10) || 0
  return { totalBytes, availableBytes: Math.max(0, totalBytes - usedBytes) }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}
