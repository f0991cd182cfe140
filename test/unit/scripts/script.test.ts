import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { inRepository } from '../../../scripts/setup/repository.mjs'

// A body that would go on for ever, and stops when it is asked to.
const program = `
  const { runScript } = await import('${pathToFileURL(inRepository('scripts/setup/script.mjs')).href}')
  const { stopRequested } = await import('${pathToFileURL(inRepository('scripts/setup/signals.mjs')).href}')
  await runScript(() => new Promise((_, reject) => {
    stopRequested.addEventListener('abort', () => reject(stopRequested.reason))
    setInterval(() => undefined, 1000)
    console.log(process.pid)
  }))
  process.exit()
`

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s stops a script in order, with exit code %s', async (signal, exitCode) => {
  const script = spawn(process.execPath, ['--input-type=module', '-e', program])
  await once(script.stdout, 'data')

  script.kill(signal)

  expect(await once(script, 'close')).toEqual([exitCode, null])
})

test('a script ends when the shell that ran it was ended', async () => {
  const shell = spawn('sh', ['-c', `${process.execPath} --input-type=module -e "$PROGRAM"; true`], {
    env: { ...process.env, PROGRAM: program },
  })
  const [line] = (await once(shell.stdout, 'data')) as [Buffer]
  let said = ''
  shell.stderr.on('data', (chunk: Buffer) => {
    said += chunk
  })

  shell.kill('SIGTERM')
  // Closed only when nobody holds the other end any more: neither the shell nor the script.
  await once(shell, 'close', { signal: AbortSignal.timeout(20_000) }).finally(() => endIfAlive(Number(line)))

  expect(said).toContain('stopped')
})

function endIfAlive(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // Gone, as it should be.
  }
}
