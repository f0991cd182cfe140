import { createWriteStream, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { leftBehind } from '../as-root/service-policy.mjs'
import { say } from '../progress.mjs'
import { inRepository } from '../repository.mjs'
import { lastLines, runProgram } from '../run-program.mjs'
import { AlreadyExplained, SetupError } from '../setup-error.mjs'
import { requestStop, stopRequested } from '../signals.mjs'
import { readHost } from './host.mjs'
import { planServerPackages } from './plan.mjs'
import { missingPrograms, tooOldMariadb } from './programs.mjs'

const logFile = inRepository('.cache', 'setup', 'packages.log')

/**
 * Makes sure that the server programs are on this host: installs what is missing where it may, else throws a
 * {@link SetupError} that names the command.
 * @param {{ yes: boolean }} options `yes` answers the question before it is asked.
 */
export async function ensureServerPrograms({ yes }) {
  const facts = { missing: missingPrograms(), tooOldMariadb: await tooOldMariadb() }
  const isFit = process.platform === 'linux' && facts.missing.length === 0 && facts.tooOldMariadb === null
  if (isFit && !leftBehind()) return

  const host = readHost()
  const plan = planServerPackages({ ...facts, host, yes })
  if (plan.kind === 'explain') throw new SetupError(plan)
  if (plan.kind === 'install') await agreeOn(plan)
  if (host.administrator !== null) await installAsRoot(host.administrator)
}

/** @param {Extract<import('./plan.mjs').Plan, { kind: 'install' }>} plan */
async function agreeOn({ packages, administrator, ask }) {
  const as = administrator === 'sudo' ? 'with sudo' : 'as root'
  say(`The server programs are missing. The setup installs these packages ${as}:`)
  for (const name of packages) say(`  ${name}`)
  say('and what they depend on. It starts no service and leaves none enabled.')
  if (!ask || (await isConfirmed('Install them now? [Y/n] '))) return
  throw new SetupError({
    message: 'The server packages were not installed, as you wished',
    fix: ['npm start -- --yes', `sudo ${process.execPath} scripts/install-servers.mjs`],
    code: 'PROGRAM_MISSING',
  })
}

/** @param {string} question */
async function isConfirmed(question) {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  // In raw mode Ctrl+C is a key, not a signal.
  terminal.on('SIGINT', () => requestStop('SIGINT'))
  try {
    const answer = await terminal.question(`setup  ${question}`, { signal: stopRequested })
    return /^(y|yes)?$/i.test(answer.trim())
  } catch (error) {
    stopRequested.throwIfAborted()
    throw error
  } finally {
    terminal.close()
  }
}

/**
 * The part that needs root is a process of its own, so that everything it changed for the time of the
 * installation is put back even when this process is killed.
 * @param {'root' | 'sudo'} administrator
 */
async function installAsRoot(administrator) {
  mkdirSync(dirname(logFile), { recursive: true })
  const log = createWriteStream(logFile)
  const program = [process.execPath, inRepository('scripts', 'install-servers.mjs'), '--stop-with-caller']
  const [command, ...args] = administrator === 'sudo' ? ['sudo', '-n', ...program] : program
  const { code, output } = await runProgram(/** @type {string} */ (command), args, {
    onStop: 'close-stdin',
    showStderr: true,
    onOutput: (chunk) => log.write(chunk),
  }).finally(() => log.end())

  if (code !== 0) {
    say(`The whole output of apt-get: ${logFile}`)
    throw new AlreadyExplained(code)
  }
  const missing = missingPrograms()
  if (missing.length === 0) return
  throw new SetupError({
    message: `Still missing after the installation: ${missing.join(', ')}`,
    detail: `${lastLines(output, 20)}\n\nThe whole output: ${logFile}`,
    code: 'PROGRAM_MISSING',
  })
}
