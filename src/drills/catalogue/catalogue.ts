import { corelabError } from '../../kit/errors.js'
import { nearest } from '../../kit/nearest.js'
import type { Drill } from '../../model/drill.js'
import { killMaster } from './d01-kill-master.js'
import { freezeMaster } from './d02-freeze-master.js'
import { thawOldMaster } from './d03-thaw-old-master.js'
import { partitionMaster } from './d04-partition-master.js'
import { oneWay } from './d05-one-way.js'
import { monitorBlind } from './d06-monitor-blind.js'
import { killAcker } from './d08-kill-acker.js'
import { ackerDiskFull } from './d09-acker-disk-full.js'
import { ackerAndMaster } from './d10-acker-and-master.js'
import { killShadow } from './d11-kill-shadow.js'
import { laggingShadow } from './d12-lagging-shadow.js'
import { masterThenShadow } from './d13-master-then-shadow.js'
import { allDown } from './d14-all-down.js'
import { rejoinClean } from './d15-rejoin-clean.js'
import { rejoinWithExtras } from './d16-rejoin-with-extras.js'
import { errantWrite } from './d18-errant-write.js'
import { switchoverTimesTen } from './d19-switchover-x10.js'
import { mustRefuse } from './d20-must-refuse.js'
import { flapping } from './d21-flapping.js'
import { fallbackControl } from './d25-fallback-control.js'
import { afterCommitControl } from './d26-after-commit-control.js'
import { earlyAckControl } from './d27-early-ack-control.js'
import { secondAckerControl } from './d28-second-acker-control.js'
import { slaveAheadControl } from './d29-slave-ahead-control.js'
import { twoKeepers } from './d34-two-keepers.js'
import { keeperDies } from './d35-keeper-dies.js'
import { unknownCommit } from './d36-unknown-commit.js'
import { diskStall } from './d37-disk-stall.js'
import { connectionsFull } from './d38-connections-full.js'

/** Every drill there is, by number. A new one is written beside these and put here. */
export const drillCatalogue: readonly Drill[] = Object.freeze([
  killMaster,
  freezeMaster,
  thawOldMaster,
  partitionMaster,
  oneWay,
  monitorBlind,
  killAcker,
  ackerDiskFull,
  ackerAndMaster,
  killShadow,
  laggingShadow,
  masterThenShadow,
  allDown,
  rejoinClean,
  rejoinWithExtras,
  errantWrite,
  switchoverTimesTen,
  mustRefuse,
  flapping,
  fallbackControl,
  afterCommitControl,
  earlyAckControl,
  secondAckerControl,
  slaveAheadControl,
  twoKeepers,
  keeperDies,
  unknownCommit,
  diskStall,
  connectionsFull,
])

/** Finds a drill by its name or its number, e.g. `kill-master` or `D01`. Throws DRILL_UNKNOWN with the nearest one. */
export function findDrill(wanted: string): Drill {
  const found = drillCatalogue.find(
    ({ id, name }) => name === wanted.toLowerCase() || id === wanted.toUpperCase(),
  )
  if (found) return found
  const names = drillCatalogue.map(({ name }) => name)
  const near = nearest(wanted, names)
  throw corelabError('DRILL_UNKNOWN', {
    message: `There is no drill "${wanted}"${near ? `; did you mean "${near}"?` : ''}`,
    fix: near ? [`corelab drills run ${near}`, 'corelab drills list'] : ['corelab drills list'],
  })
}
