import { formatCount } from '../../kit/units.js'
import type { RunWishes } from '../../load/bench/run-wishes.js'
import { borrowedPrefix, grantStatement } from '../../load/external/borrowed-schema.js'
import type { Scenario } from '../../load/scenarios/scenario.js'
import type { Answer } from '../answer.js'
import { indented, labelled, wrapText } from '../render/layout.js'
import type { ChosenServer, ChosenTarget } from './chosen-target.js'
import { placeOfPassword } from './target-password.js'

/** What a run on servers of somebody else would do; nothing is asked of them. */
export function targetRehearsal(
  scenario: Scenario,
  wishes: RunWishes,
  target: ChosenTarget,
  { writesMax }: { readonly writesMax: number },
): Answer {
  const [master, ...readers] = target.servers
  const data = {
    dryRun: true,
    target: target.text,
    servers: target.servers.map(({ name, role, ...server }) => ({
      ...{ name, role, address: addressOf(server), user: server.user },
      password: placeOfPassword(server.password),
    })),
    scenario: scenario.name,
    schema: `${borrowedPrefix}<8 digits>`,
    connections: wishes.connections,
    durationMs: wishes.warmUpMs + wishes.durationMs,
    writesMax: scenario.name === 'db-read' ? 0 : writesMax,
    grant: grantStatement(master.user),
    grants: [...new Set(target.servers.map(({ user }) => grantStatement(user)))],
  }
  const writes =
    data.writesMax === 0 ? 'none but ten thousand rows of its own' : `at most ${formatCount(data.writesMax)}`
  const facts = labelled([
    ['Server', `${sayWho(master)}, by ${wishes.transport}`],
    ...readers.map((reader): [string, string] => ['Reader', sayWho(reader)]),
    ['Schema', `${data.schema}: made, filled with 10,000 rows, and dropped at the end`],
    ['Load', `${formatCount(data.connections)} clients for ${data.durationMs / 1000} s`],
    ['Writes', writes],
    ...data.grants.map((grant): [string, string] => ['Rights', grant]),
    ['Password', passwordsOf(target.servers)],
  ])
  return {
    data,
    lines: ({ width }) => [
      `Would run ${scenario.name}; nothing was done.`,
      '',
      ...indented(
        facts.flatMap((line) => {
          const [first = '', ...rest] = wrapText(line, width - 2)
          return [first, ...indented(rest, 10)]
        }),
        2,
      ),
    ],
  }
}

function sayWho({ name, user, ...server }: ChosenServer): string {
  const address = addressOf(server)
  return address === name ? `${user}@${address}` : `${name}, ${user}@${address}`
}

function addressOf({ host, port, socketPath }: Pick<ChosenServer, 'host' | 'port' | 'socketPath'>): string {
  return socketPath ?? `${host}:${port}`
}

/** One sentence when all servers have the same. */
function passwordsOf(servers: readonly ChosenServer[]): string {
  const places = new Set(servers.map(({ password }) => placeOfPassword(password)))
  if (places.size === 1) return [...places][0] ?? ''
  return servers.map(({ name, password }) => `${name} ${placeOfPassword(password)}`).join('; ')
}
