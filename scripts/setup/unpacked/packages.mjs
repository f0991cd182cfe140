import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { lastLines, runProgram } from '../run-program.mjs'
import { SetupError } from '../setup-error.mjs'

/**
 * Downloads Debian packages with all that they depend on, the C library included, and unpacks them into `dir/root`.
 * Nothing is installed: neither root's rights nor this machine's own packages are touched, so that programs of a newer
 * Debian run beside an older one. apt checks the archive's signatures as always. Raises a {@link SetupError} with exit
 * code 5 when it cannot be done here.
 * @param {{ dir: string, mirror: string, suite: string, packages: readonly string[], keyring: string }} order
 */
export async function unpackPackages({ dir, mirror, suite, packages, keyring }) {
  const apt = (/** @type {string[]} */ ...args) =>
    runOrExplain('apt-get', ['-c', aptConfig(dir), '-q', ...args])
  writeAptFiles(dir, `deb [signed-by=${keyring}] ${mirror} ${suite} main`)
  await apt('update')
  await apt('-y', '--download-only', 'install', ...packages)
  const archives = join(dir, 'cache', 'archives')
  for (const name of readdirSync(archives).filter((each) => each.endsWith('.deb')))
    await runOrExplain('dpkg-deb', ['-x', join(archives, name), join(dir, 'root')])
}

/**
 * A script that starts a program of `root` with the libraries of `root`, whatever those of this machine are: through
 * the dynamic linker that came with them. Written to `file`.
 * @param {{ root: string, program: string, file: string }} facts `program` relative to `root`, `usr/sbin/mysqld`
 */
export function writeLauncher({ root, program, file }) {
  const libraries = libraryDirs(root)
  const linkers = libraries.flatMap((dir) => readdirSync(dir).map((name) => join(dir, name)))
  const linker = linkers.find((path) => /\/ld-linux[^/]*\.so\.\d+$/.test(path))
  if (linker === undefined) throw new Error(`no dynamic linker in ${libraries}`)
  const path = shellQuoted(join(root, program))
  // Its own path as name: servers find their messages and plugins by it.
  const words = [
    'exec',
    shellQuoted(linker),
    '--library-path',
    shellQuoted(libraries.join(':')),
    '--argv0',
    path,
    path,
    '"$@"',
  ]
  writeFileSync(file, `#!/bin/sh\n${words.join(' ')}\n`)
  chmodSync(file, 0o755)
}

/**
 * Releases before Debian 13 have the C library in `/lib`, and most others in `/usr/lib`.
 * @param {string} root
 */
function libraryDirs(root) {
  const parents = [join(root, 'lib'), join(root, 'usr', 'lib')].filter((dir) => existsSync(dir))
  return parents.flatMap((parent) =>
    readdirSync(parent)
      .filter((name) => name.endsWith('-linux-gnu'))
      .map((name) => join(parent, name)),
  )
}

/** @param {string} dir */
function aptConfig(dir) {
  return join(dir, 'apt.conf')
}

/**
 * An apt of its own below `dir`: it knows no installed package, so that it fetches every dependency.
 * @param {string} dir
 * @param {string} source
 */
function writeAptFiles(dir, source) {
  for (const folder of ['state/lists/partial', 'cache/archives/partial', 'root'])
    mkdirSync(join(dir, folder), { recursive: true })
  writeFileSync(join(dir, 'state', 'status'), '')
  writeFileSync(join(dir, 'sources.list'), `${source}\n`)
  const settings = [
    `Dir::State "${join(dir, 'state')}";`,
    `Dir::State::status "${join(dir, 'state', 'status')}";`,
    `Dir::Cache "${join(dir, 'cache')}";`,
    `Dir::Etc::sourcelist "${join(dir, 'sources.list')}";`,
    'Dir::Etc::sourceparts "/dev/null";',
    'Dir::Etc::preferences "/dev/null";',
    'Dir::Etc::preferencesparts "/dev/null";',
    // A mirror may be a snapshot that is older than its own expiry date.
    'Acquire::Check-Valid-Until "false";',
    'APT::Update::Error-Mode "any";',
    'Acquire::Retries "2";',
    'Acquire::http::Timeout "20";',
    'Acquire::Languages "none";',
    'APT::Install-Recommends "false";',
    'APT::Sandbox::User "";',
    // What the system does after its own updates is not wanted here.
    '#clear APT::Update::Pre-Invoke;',
    '#clear APT::Update::Post-Invoke;',
    '#clear APT::Update::Post-Invoke-Success;',
    '#clear DPkg::Pre-Install-Pkgs;',
    '#clear DPkg::Post-Invoke;',
  ]
  writeFileSync(aptConfig(dir), `${settings.join('\n')}\n`)
}

/**
 * @param {string} program
 * @param {string[]} args
 */
async function runOrExplain(program, args) {
  const { code, output } = await runProgram(program, args)
  if (code === 0) return
  throw new SetupError({
    message: `Cannot run here: ${program} ${args.includes('update') ? 'cannot read the package list' : 'failed'}`,
    detail: `${program} ${args.join(' ')}\n${lastLines(output, 12)}`,
    fix: ['check that this machine reaches a Debian mirror, then run the same command again'],
    exit: 5,
  })
}

/** @param {string} text */
function shellQuoted(text) {
  return `'${text.replaceAll("'", "'\\''")}'`
}
