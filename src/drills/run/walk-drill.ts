import { carryOut } from './carry-out.js'
import type { DrillState } from './drill-state.js'
import { prepareDrill } from './prepare-drill.js'
import { judgeDrill, settleDrill } from './settle-drill.js'

/** The way of a drill, part by part; a part that fails ends the schedule, never the tidying up and the checks. */
export async function walkDrill(drill: DrillState): Promise<void> {
  if (await prepareDrill(drill)) await carryOut(drill)
  await settleDrill(drill)
  await judgeDrill(drill)
}
