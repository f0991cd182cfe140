import { relative } from 'node:path'
import type { DownOutcome } from '../../cluster/down.js'
import type { Answer } from '../answer.js'
import { asTyped } from '../program-name.js'
import { shellQuoted } from '../shell-quoted.js'
import type { Screen } from '../terminal.js'
import { forEnv } from './next-steps.js'

export function downAnswer(outcome: DownOutcome, env: string): Answer {
  return { data: outcome, lines: (screen) => downLines(outcome, env, screen), env }
}

function downLines(outcome: DownOutcome, env: string, screen: Screen): string[] {
  const { wasRunning, deleted, reportsKept } = outcome
  const { paint } = screen
  const stopped = wasRunning ? 'is stopped' : 'was not running'
  if (deleted)
    return [
      `Environment ${paint.strong(env)} ${stopped}; its data is deleted.`,
      ...(reportsKept === null
        ? []
        : [
            `Its reports stay: ${shellQuoted(relative(process.cwd(), reportsKept) || '.')}`,
            `To delete them too: ${paint.action(asTyped(forEnv('corelab down --volumes --reports', env), screen))}`,
          ]),
    ]
  if (!wasRunning) return [`Environment ${paint.strong(env)} ${stopped}. Nothing to do.`]
  const again = paint.action(asTyped(forEnv('corelab up', env), screen))
  return [`Environment ${paint.strong(env)} ${stopped}. Its data stays; ${again} goes on with it.`]
}
