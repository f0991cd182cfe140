import { release } from 'node:os'
import { isVersionAtLeast } from '../../sys/programs.js'
import type { CheckFamily, Finding } from './finding.js'
import { fail, pass, warn } from './finding.js'

const nodeVersionMin = '20.19'

/** The machine itself: Node, operating system, user. */
export const checkHostItself: CheckFamily = async ({ variables }) => [
  nodeVersion(process.versions.node),
  platform({ os: process.platform, arch: process.arch }),
  user({ isRoot: process.getuid?.() === 0 }),
  locale(variables),
  terminal(variables),
]

export function nodeVersion(version: string): Finding {
  const named = { id: 'node', title: 'Node.js' }
  return isVersionAtLeast(version, nodeVersionMin)
    ? pass(named, version)
    : fail(named, `${version} is older than ${nodeVersionMin}`, {
        fix: ['install Node.js 22: https://nodejs.org'],
        code: 'PROGRAM_TOO_OLD',
      })
}

/** The native runtime reads `/proc`; elsewhere it is not tried, which is not the same as not possible. */
export function platform({ os, arch }: { readonly os: string; readonly arch: string }): Finding {
  const named = { id: 'platform', title: 'Operating system' }
  if (os !== 'linux') return warn(named, `${os} ${arch}: only Linux is tested`)
  if (arch !== 'x64' && arch !== 'arm64') return warn(named, `linux ${arch}: only x64 and arm64 are tested`)
  return pass(named, `linux ${arch}, kernel ${release()}`)
}

function user({ isRoot }: { readonly isRoot: boolean }): Finding {
  const named = { id: 'user', title: 'User' }
  return pass(
    named,
    isRoot ? 'root: the servers are told that this is intended' : 'an ordinary user, as it should be',
  )
}

/** Names of customers are Chinese: without UTF-8 they are question marks. */
export function locale(env: Readonly<Record<string, string | undefined>>): Finding {
  const named = { id: 'locale', title: 'Locale' }
  const value = env.LC_ALL || env.LC_CTYPE || env.LANG || ''
  return /utf-?8/i.test(value)
    ? pass(named, value)
    : warn(named, `${value === '' ? 'none is set' : value}: names and marks are shown in ASCII`, [
        'export LANG=C.UTF-8',
      ])
}

function terminal(env: Readonly<Record<string, string | undefined>>): Finding {
  const named = { id: 'terminal', title: 'Terminal' }
  const { isTTY, columns, rows } = process.stderr
  if (!isTTY) return pass(named, 'none: progress is written as plain lines')
  if (env.TERM === 'dumb' || !columns) return pass(named, 'a simple one: progress is written as plain lines')
  return columns < 80 || rows < 24
    ? warn(named, `${columns}x${rows}: made for 80x24 and larger`, ['--plain writes lines instead'])
    : pass(named, `${columns}x${rows}`)
}
