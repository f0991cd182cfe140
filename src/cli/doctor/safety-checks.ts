import type { SafetySetting } from '../../cluster/verify/settings.js'
import { safetySettings, violationsOf } from '../../cluster/verify/settings.js'
import type { DatabaseEngine } from '../../model/database-engine.js'
import { serverOverrideFiles } from '../../model/project-layout.js'
import { readServerOverrides } from '../../project/server-overrides.js'
import type { CheckFamily } from './finding.js'
import { pass, warn } from './finding.js'

/** Whether the user's own server settings, which win, leave in force what makes an OK durable. */
export const checkSafety: CheckFamily = async ({ dir, database }) => {
  const own = settingsIn((await readServerOverrides(dir)).mysql)
  const weakened = settingsOfEveryPart(database.engine)
    .filter(({ name }) => own.has(name.toLowerCase()))
    .flatMap((setting) =>
      violationsOf([setting], own).map((violation) =>
        warn({ id: `setting-${setting.name}`, title: 'Own setting' }, violation, [
          `take it out of ${serverOverrideFiles.mysql}, then corelab down, corelab up`,
        ]),
      ),
    )
  return weakened.length > 0
    ? weakened
    : [pass({ id: 'settings', title: 'Own settings' }, 'nothing of yours weakens what makes an OK durable')]
}

/** Those that master and replicas share; what differs between them is set anew at each change of roles. */
function settingsOfEveryPart(engine: DatabaseEngine): readonly SafetySetting[] {
  const ofReplica = safetySettings(engine, 'replica')
  return safetySettings(engine, 'master').filter(({ name, wanted }) =>
    ofReplica.some((setting) => setting.name === name && setting.wanted === wanted),
  )
}

/**
 * Names and values of an option file, by name in lower case with underscores, as the server shows them; the last one
 * wins. Of the forms that MariaDB and MySQL read: `name = value`, `loose-name`, `skip-name`, and a bare name, which is ON.
 */
function settingsIn(text: string): ReadonlyMap<string, string> {
  const lines = text.split('\n').map((line) => line.replace(/[#;].*$/, '').trim())
  return new Map(
    lines
      .filter((line) => line !== '' && !line.startsWith('[') && !line.startsWith('!'))
      .map((line): [string, string] => {
        const [name = '', value = 'ON'] = line.split(/\s*=\s*/, 2)
        const plain = name
          .toLowerCase()
          .replaceAll('-', '_')
          .replace(/^loose_/, '')
        return plain.startsWith('skip_')
          ? [plain.slice('skip_'.length), 'OFF']
          : [plain, value.replace(/^(['"])(.*)\1$/, '$2')]
      }),
  )
}
