import { afterEach, expect, test } from 'vitest'
import type { Disk } from '../../../src/cluster/qlink/log/disk.js'
import { hostDisk } from '../../../src/cluster/qlink/log/disk.js'
import {
  makeLedger,
  openEpoch,
  prepareQlinkGround,
  type QlinkGround,
  untilTrue,
} from '../../support/qlink-ground.js'

let ground: QlinkGround

afterEach(async () => {
  await ground?.dispose()
})

/** Spare segments are filled in portions of this size. */
const zerosBytes = 256 * 1024

/** A disk whose writes to segments wait while `held` is set: they are synced when they return. */
function heldDisk(): { readonly disk: Disk; hold(): void; release(): void; waiting(): number } {
  let held = false
  let waiting: (() => void)[] = []
  return {
    hold() {
      held = true
    },
    release() {
      held = false
      for (const resolve of waiting) resolve()
      waiting = []
    },
    waiting: () => waiting.length,
    disk: {
      ...hostDisk,
      async make(path, kind) {
        const file = await hostDisk.make(path, kind)
        // A spare becomes a segment.
        if (path.endsWith('.index')) return file
        return {
          sync: () => file.sync(),
          truncate: (length) => file.truncate(length),
          close: () => file.close(),
          async write(bytes, position) {
            if (held && bytes.length < zerosBytes) await new Promise<void>((resolve) => waiting.push(resolve))
            await file.write(bytes, position)
          },
        }
      },
    },
  }
}

test('a commit returns only after qlink has synced it', async () => {
  ground = await prepareQlinkGround()
  const held = heldDisk()
  await ground.startInside({ disk: held.disk })
  await openEpoch(ground)
  const { admin, connect } = ground.nodes[0]!
  await makeLedger(admin)
  const writer = await connect()

  held.hold()
  let answered = false
  const commit = writer.execute("INSERT INTO corelab.ledger VALUES (1, 'a')").then(() => {
    answered = true
  })
  await untilTrue('the sync is asked for', async () => held.waiting() > 0)
  const status = await ground.client.status()
  expect(status.received.transactions - status.durable.transactions).toBe(1)
  // Nobody else sees it either: AFTER_SYNC.
  expect(await admin.query('SELECT id FROM corelab.ledger')).toEqual([])
  expect(answered).toBe(false)

  held.release()
  await commit
  expect((await ground.logged()).at(-1)?.gtid).toBe((await ground.nodes[0]!.binlog()).at(-1))
})

test('what was received before a restart is acknowledged after it, though the leader sends it no more', async () => {
  ground = await prepareQlinkGround()
  const held = heldDisk()
  const first = await ground.startInside({ disk: held.disk })
  await openEpoch(ground)
  const { admin, connect } = ground.nodes[0]!
  await makeLedger(admin)
  const writer = await connect()
  held.hold()
  const commit = writer.execute("INSERT INTO corelab.ledger VALUES (1, 'a')")
  await untilTrue('the sync is asked for', async () => held.waiting() > 0)
  const closed = first.close()
  await untilTrue('qlink has let go of the leader', async () => {
    const [row] = await admin.query<{ Value: string }>("SHOW STATUS LIKE 'Rpl_semi_sync_master_clients'")
    return row?.Value === '0'
  })
  held.release()
  await closed
  expect((await ground.logged()).length).toBe((await ground.nodes[0]!.binlog()).length)

  await ground.startInside()
  await commit
})
