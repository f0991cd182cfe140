import { join } from 'node:path'
import { present } from '../../kit/assert.js'
import type { Context } from '../../kit/context.js'
import { CorelabError } from '../../kit/errors.js'
import { asStep } from '../../kit/events.js'
import { formatBytes, formatCount } from '../../kit/units.js'
import type { BootPlan } from '../../model/boot-plan.js'
import type { ExpectedPopulation } from '../../population/verify/expected.js'
import { readJsonFile, writeFileAtomic } from '../../sys/files.js'
import type { BlockChecksums } from './block-checksums.js'
import { compareCopies } from './compare-copies.js'
import { placesOf } from './place-copies.js'
import { proveRows } from './prove-rows.js'
import type { LoadWindow } from './window-marker.js'
import { windowPaths, withServer } from './window-server.js'

interface ProofParts {
  readonly plan: BootPlan
  readonly loaderPassword: string
  readonly streams: number
  /** See {@link proveRows}. */
  readonly expected: ExpectedPopulation | null
}

/** What was found to be wrong; null where everything is right. */
export interface WindowProof {
  readonly rows: CorelabError | null
  readonly copies: CorelabError | null
}

const rowsStep = 'population.prove'
const filesStep = 'population.compare'

/** Of what was copied, beside the filled copy: whoever goes on after a kill compares with them. */
export async function saveChecksums(plan: BootPlan, checksums: BlockChecksums): Promise<void> {
  await writeFileAtomic(checksumsFile(plan), JSON.stringify(checksums), { mode: 0o600 })
}

/**
 * Compares every row of the filled copy with the generator, and meanwhile every block of the copies for the other nodes with
 * what was copied: the one keeps the processors busy, the other the disk. The server runs on the filled copy itself, after
 * it was copied, so what it says of the rows is true of what the copies were made of. Throws CANCELLED, and what kept it from
 * finding out.
 */
export async function proveWindow(
  window: LoadWindow,
  { plan, loaderPassword, streams, expected }: ProofParts,
  context: Context,
): Promise<WindowProof> {
  const { emit, clock } = context
  const { master: node, spec } = window
  const checksums = present(
    await readJsonFile<BlockChecksums>(checksumsFile(plan)),
    'checksums of the copies',
  )
  const others = placesOf(plan, node).filter((place) => place.node !== node)
  const names = others.map((place) => place.node).join(', ')
  const rows = asStep(
    emit,
    { step: rowsStep, title: `Compare every row of ${node} with the generator` },
    clock,
    () =>
      withServer({ plan, node, password: loaderPassword, room: null }, context, ({ connect }) =>
        proveRows({ connect, node, spec, streams, expected, step: rowsStep }, context),
      ),
    (proven) => `${formatCount(proven.rows)} rows are the generator's`,
  )
  const files = asStep(
    emit,
    { step: filesStep, title: `Compare the copies for ${names}` },
    clock,
    () => {
      const copies = others.map((place) => ({ node: place.node, dir: place.next }))
      return compareCopies({ copies, checksums, step: filesStep }, context)
    },
    ({ bytes }) => `${formatBytes(bytes)} are what was copied`,
  )
  const [ofRows, ofFiles] = await Promise.allSettled([rows, files])
  return { rows: failureOf(ofRows), copies: failureOf(ofFiles) }
}

/** Throws whatever is no answer. */
function failureOf(outcome: PromiseSettledResult<unknown>): CorelabError | null {
  if (outcome.status === 'fulfilled') return null
  const { reason } = outcome
  if (reason instanceof CorelabError && reason.code === 'VERIFY_FAILED') return reason
  throw reason
}

function checksumsFile(plan: BootPlan): string {
  return join(windowPaths(plan).dir, 'copies.json')
}
