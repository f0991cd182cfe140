// The most memory that the process of `corelab users load` had, its worker threads included: VmHWM.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { pause, withCore } from '../core/with-core.mjs'

const bin = fileURLToPath(new URL('../../bin/run.js', import.meta.url))

/** Not of its children: database servers and the keeper are processes of their own. */
export function measureMemory({ customers, profile }, report) {
  return withCore({ name: 'memory', profile }, async ({ ref, context }) => {
    const args = [bin, 'users', 'load', '--count', String(customers), '--yes', '--json', '--env', ref.env]
    const child = spawn(process.execPath, args, {
      cwd: ref.project.dir,
      stdio: ['ignore', 'ignore', 'inherit'],
      signal: context.signal,
    })
    const ended = new Promise((resolve) => {
      child.once('error', () => resolve(null))
      child.once('close', resolve)
    })
    let code
    void ended.then((value) => {
      code = value
    })
    let kib = 0
    while (code === undefined) {
      kib = Math.max(kib, highWaterKib(child.pid))
      await pause(100)
    }
    if (code !== 0) throw new Error(`users load ended with ${code}`)
    report({
      figures: { 'MiB of the command that loads': kib / 1024 },
      samples: { kib },
      words: `${customers} customers; target <= 400 MiB at 15000000`,
    })
    return 0
  })
}

function highWaterKib(pid) {
  try {
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0)
  } catch {
    return 0
  }
}
