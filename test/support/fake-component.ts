import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { systemClock } from '../../src/kit/clock.js'
import type { Context } from '../../src/kit/context.js'
import { silent } from '../../src/kit/events.js'
import type { CompanionSpec, ComponentSpec } from '../../src/model/component-spec.js'

export type FakeMode = 'well' | 'stubborn' | 'silent' | 'dying' | 'forking'

const script = fileURLToPath(new URL('./fake-server.mjs', import.meta.url))

/** A component whose server is `fake-server.mjs`. */
export function fakeComponent(facts: {
  readonly dir: string
  readonly port: number
  readonly mode: FakeMode
  readonly companionPort?: number
  readonly graceMs?: number
  readonly data?: string
}): ComponentSpec {
  const { dir, port, mode } = facts
  return {
    name: 'redis',
    kind: 'cache',
    command: process.execPath,
    args: [script, mode, String(port)],
    env: {},
    cwd: dir,
    dirs: [dir, join(dir, 'conf')],
    dataMadeAtFirstStart: facts.data ?? null,
    files: [{ path: join(dir, 'conf', 'secret.conf'), mode: 0o600, text: 'password x\n' }],
    ports: [port],
    outputLog: join(dir, 'output.log'),
    serverLog: join(dir, 'server.log'),
    readiness: { kind: 'tcp', host: '127.0.0.1', port, send: null, expect: '^hello' },
    readyLimitMs: 30_000,
    stop: { signal: 'SIGTERM', graceMs: facts.graceMs ?? 20_000 },
    companion: facts.companionPort === undefined ? null : fakeCompanion(facts.companionPort),
  }
}

function fakeCompanion(port: number): CompanionSpec {
  return {
    command: process.execPath,
    args: [script, 'well', String(port)],
    env: {},
    readiness: { kind: 'tcp', host: '127.0.0.1', port, send: null, expect: '^hello' },
  }
}

/** The world of a test: real time, no progress shown, never cancelled unless told so. */
export function testContext(signal: AbortSignal = new AbortController().signal): Context {
  return { clock: systemClock, emit: silent, signal }
}
