import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { planSubsystemHostComponent } from '../../../src/components/subsystem-host/subsystem-host-component.js'
import { statePaths } from '../../../src/sys/state-dir.js'
import { freePort } from '../../support/free-port.js'
import { openBench } from '../../support/real-components.js'

const entryDirs: string[] = []

afterEach(async () => {
  for (const dir of entryDirs.splice(0)) await rm(dir, { recursive: true })
})

test('the subsystem host is ready when it says so over HTTP, and not while it answers 503', async () => {
  const bench = await openBench()
  try {
    const { component } = statePaths(bench.stateDir)
    const port = await freePort()
    // Node itself cannot load a module from a folder with a backslash in its name.
    const entryFile = join(await mkdtemp(join(tmpdir(), 'corelab-host-')), 'host-main.mjs')
    entryDirs.push(dirname(entryFile))
    await writeFile(entryFile, slowHost(port))

    const host = await bench.start(
      planSubsystemHostComponent({
        program: process.execPath,
        entryFile,
        stateDir: bench.stateDir,
        paths: component('subsystems'),
        port,
      }),
    )

    const answer = await fetch(`http://127.0.0.1:${port}/asked`)
    expect(await answer.json()).toEqual({ stateDir: bench.stateDir, refusals: 3 })
    expect(await host.stop()).toEqual({ code: 0, signal: null })
  } finally {
    await bench.dispose()
  }
})

/** A host that is not ready for its first three callers. */
function slowHost(port: number): string {
  return `
    import { createServer } from 'node:http'
    let refusals = 0
    createServer((request, response) => {
      if (request.url === '/asked') return response.end(JSON.stringify({ stateDir: process.argv[2], refusals }))
      if (request.url !== '/health/ready' || refusals < 3) { refusals++; response.statusCode = 503 }
      response.end()
    }).listen(${port}, '127.0.0.1')
    process.on('SIGTERM', () => process.exit(0))
  `
}
