import type { CorelabEvent } from '../kit/events.js'
import { readTextFile } from '../sys/files.js'
import { statePaths } from '../sys/state-dir.js'
import type { ClusterHistory } from './history-fold.js'
import { foldHistory } from './history-fold.js'

/**
 * Reads what became of an environment's epochs, whether it runs or not. Environments from before there was a journal have
 * their events, as far as those go back. Throws PERMISSION_DENIED.
 */
export async function readHistory(stateDir: string): Promise<ClusterHistory> {
  const { epochsFile, eventsFile } = statePaths(stateDir)
  const journal = await readEvents(epochsFile)
  if (journal.length > 0) return foldHistory(journal)
  return foldHistory([...(await readEvents(`${eventsFile}.1`)), ...(await readEvents(eventsFile))])
}

async function readEvents(path: string): Promise<readonly CorelabEvent[]> {
  const text = (await readTextFile(path)) ?? ''
  return text.split('\n').flatMap(parsed)
}

/** A keeper that was killed in the middle of a line leaves half of one, and the next goes on behind it. */
function parsed(line: string): readonly CorelabEvent[] {
  if (!line.startsWith('{')) return []
  try {
    return [JSON.parse(line) as CorelabEvent]
  } catch {
    return []
  }
}
