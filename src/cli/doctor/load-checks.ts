import { readWindow, windowOpen } from '../../cluster/load-window/window-marker.js'
import { toCorelabError } from '../../kit/errors.js'
import { stateDirOf, statePaths } from '../../sys/state-dir.js'
import type { CheckFamily } from './finding.js'
import { fail, failedBy, pass } from './finding.js'

/** A load that was begun and not finished keeps the core down: `up` refuses until it is finished or given up. */
export const checkLoad: CheckFamily = async ({ dir, env }) => {
  const named = { id: 'load-window', title: 'Offline load' }
  try {
    const window = await readWindow(statePaths(stateDirOf({ projectDir: dir, env })))
    if (window === null) return [pass(named, 'none is unfinished')]
    const { message, fix, code } = windowOpen(window)
    return [fail(named, `${message}; phase: ${window.phase}`, { fix, code })]
  } catch (thrown) {
    return [failedBy(named, toCorelabError(thrown))]
  }
}
