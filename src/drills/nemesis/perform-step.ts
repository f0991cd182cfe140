import { unreachable } from '../../kit/assert.js'
import type { SingleStep } from '../../model/drill.js'
import type { DrillRun } from '../run/drill-run.js'
import { awaitStep } from './await.js'
import { actOnConnections, breakNetwork, healNetwork } from './break-network.js'
import { fillDisk, freeDisk } from './fill-disk.js'
import { endSession, exhaustConnections, giveConnectionsBack, holdSession } from './hold-session.js'
import { loyalClients } from './loyal-clients.js'
import { holdKeeper, releaseKeeper, rivalKeeper, startCore, switchOver } from './steer-keeper.js'
import { strike } from './strike.js'
import { hastyAcker, lookForMarker, promoteByHand, writeMarker } from './unsafe.js'

/** Carries out one step; returns what it did, in words. Throws when it could not, or what it waited for did not come. */
export function performStep(run: DrillRun, step: SingleStep): Promise<string> {
  switch (step.do) {
    case 'run':
      return letRun(run, Math.round(step.exact ? step.forMs : step.forMs * run.pace))
    case 'signal':
      return strike(run, step)
    case 'network':
      return breakNetwork(run, step)
    case 'connections':
      return actOnConnections(run, step)
    case 'heal':
      return healNetwork(run, step)
    case 'await':
      return awaitStep(run, step)
    case 'switchover':
      return switchOver(run, step)
    case 'hold-keeper':
      return holdKeeper(run, step.before)
    case 'release-keeper':
      return releaseKeeper(run)
    case 'pause-clients':
      run.load.pause()
      return Promise.resolve('nobody begins another write')
    case 'resume-clients':
      run.load.resume()
      return Promise.resolve('clients write again')
    case 'start-core':
      return startCore(run)
    case 'rival-keeper':
      return rivalKeeper(run)
    case 'fill-disk':
      return fillDisk(run)
    case 'free-disk':
      return freeDisk(run)
    case 'session':
      return holdSession(run, step)
    case 'end-session':
      return endSession(run, step.name)
    case 'use-up-connections':
      return exhaustConnections(run, step.on)
    case 'give-connections-back':
      return giveConnectionsBack(run)
    case 'loyal-clients':
      return loyalClients(run, step)
    case 'hasty-acker':
      return hastyAcker(run, step.of)
    case 'promote-by-hand':
      return promoteByHand(run, step.node)
    case 'write-marker':
      return writeMarker(run, step.on)
    case 'look-for-marker':
      return lookForMarker(run, step)
    default:
      return unreachable(step)
  }
}

async function letRun(run: DrillRun, forMs: number): Promise<string> {
  const { clock, signal } = run.context
  const { view } = run.load.recorder
  const before = view.oks
  await clock.sleep(forMs, signal)
  return `${view.oks - before} writes were acknowledged`
}
