import { step } from '../progress.mjs'
import { lastLines, runProgram } from '../run-program.mjs'
import { SetupError } from '../setup-error.mjs'

const environment = {
  ...process.env,
  DEBIAN_FRONTEND: 'noninteractive',
  // Ubuntu's needrestart would restart services of others that use an updated library.
  NEEDRESTART_SUSPEND: '1',
  LC_ALL: 'C',
}
const options = [
  '-q',
  '-y',
  '-o',
  'DPkg::Lock::Timeout=600',
  '-o',
  'Acquire::Retries=3',
  '-o',
  'Dpkg::Use-Pty=0',
]
// Recommended packages would bring whole services; a package that would remove another one is not wanted.
const installOptions = ['--no-install-recommends', '--no-remove']

/** Reads the package lists. A mirror that fails is no reason to stop: the lists may be good enough. */
export async function updatePackageLists() {
  await step('Reading the package lists (apt-get update)', () => aptGet(['update'], 'terminate'))
}

/**
 * The version of each package that apt would install; null where it has none.
 * @param {readonly string[]} packages
 * @returns {Promise<Map<string, string | null>>}
 */
export async function offeredVersions(packages) {
  const { output } = await runProgram('apt-cache', ['policy', ...packages], { env: environment })
  return parseCandidates(output)
}

/**
 * The candidates in the output of `apt-cache policy`.
 * @param {string} output
 * @returns {Map<string, string | null>}
 */
export function parseCandidates(output) {
  const found = output.matchAll(/^(\S+):\n {2}Installed: .*\n {2}Candidate: (.*)$/gm)
  return new Map(
    [...found].map(([, name = '', version = '']) => [name, version === '(none)' ? null : version]),
  )
}

/** @param {readonly string[]} packages */
export async function downloadPackages(packages) {
  await step('Downloading the packages (apt-get install --download-only)', async () => {
    const args = ['install', ...installOptions, '--download-only', ...packages]
    requireSuccess(await aptGet(args, 'terminate'))
  })
}

/**
 * Cannot be stopped half-way: dpkg would be left in a state that the user has to mend.
 * @param {readonly string[]} packages
 */
export async function installPackages(packages) {
  await step('Installing the packages (apt-get install)', async () => {
    requireSuccess(await aptGet(['install', ...installOptions, ...packages], 'wait'))
  })
}

/** Brings dpkg into order after an installation of ours that was killed. */
export async function finishInstallation() {
  await step('Finishing an installation that was cut short (dpkg --configure -a)', async () => {
    await runProgram('dpkg', ['--configure', '-a'], { env: environment, onStop: 'wait' })
    requireSuccess(await aptGet(['install', ...installOptions, '--fix-broken'], 'wait'))
  })
}

/**
 * @param {readonly string[]} args
 * @param {'terminate' | 'wait'} onStop
 */
function aptGet(args, onStop) {
  const onOutput = (/** @type {Buffer} */ chunk) => void process.stdout.write(chunk)
  return runProgram('apt-get', [...options, ...args], { env: environment, onOutput, onStop })
}

/** @param {{ code: number, output: string }} ended */
function requireSuccess({ code, output }) {
  if (code === 0) return
  throw new SetupError({
    message: `apt-get ended with exit code ${code}`,
    detail: lastLines(output, 8),
    fix: ['apt-get update   (do the package sources of this host answer from here?)'],
    code: 'PROGRAM_MISSING',
  })
}
