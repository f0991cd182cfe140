import { asTyped } from '../program-name.js'
import type { Screen } from '../terminal.js'

/** The commands that make sense now. Where they must name the environment, they do. */
export function nextStepLines(
  commands: readonly string[],
  options: { readonly env: string; readonly screen: Screen },
): string[] {
  const { env, screen } = options
  if (commands.length === 0) return []
  return [
    'Next',
    ...commands.map((command) => `  ${screen.paint.action(asTyped(forEnv(command, env), screen))}`),
  ]
}

/** `corelab up   (adopts)` -> `corelab up -e test   (adopts)`; the default environment need not be named. */
export function forEnv(command: string, env: string): string {
  if (env === 'default' || / (-e|--env)\b/.test(command)) return command
  const [, head = command, remark = ''] = /^(.*?)(\s{2,}\(.*)?$/.exec(command) ?? []
  return `${head} -e ${env}${remark}`
}
