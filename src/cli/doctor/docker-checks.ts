import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { findProgram } from '../../sys/programs.js'
import type { CheckFamily, Finding } from './finding.js'
import { pass } from './finding.js'

const run = promisify(execFile)

/** A daemon that hangs must not hang the doctor. */
const answerLimitMs = 3_000

/**
 * Docker is the other way to get servers, so nothing here can fail. Three findings, because a missing program, a
 * stopped daemon and a missing Compose are mended in three ways.
 */
export const checkDocker: CheckFamily = async ({ signal }) => {
  const program = findProgram({ names: ['docker'] })
  const cli = { id: 'docker-cli', title: 'Docker program' }
  if (program === null) return [pass(cli, 'not there; the native runtime does not need it')]
  return [
    pass(cli, program),
    await answer({ id: 'docker-daemon', title: 'Docker daemon' }, program, {
      args: ['info', '--format', '{{.ServerVersion}}'],
      otherwise: 'does not answer (stopped, or not for this user)',
      signal,
    }),
    await answer({ id: 'docker-compose', title: 'Docker Compose' }, program, {
      args: ['compose', 'version', '--short'],
      otherwise: 'the Compose plugin is not there',
      signal,
    }),
  ]
}

async function answer(
  named: Pick<Finding, 'id' | 'title'>,
  program: string,
  question: { readonly args: string[]; readonly otherwise: string; readonly signal: AbortSignal },
): Promise<Finding> {
  const { args, otherwise, signal } = question
  const said = await run(program, args, { timeout: answerLimitMs, signal }).then(
    ({ stdout }) => stdout.trim(),
    () => '',
  )
  return pass(named, said === '' ? `${otherwise}; the native runtime does not need it` : said)
}
