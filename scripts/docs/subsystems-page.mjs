/**
 * @typedef {object} CatalogueModules
 * @property {typeof import('../../src/model/catalogue.js')} catalogue
 * @property {typeof import('../../src/model/entity-kinds.js')} kinds
 * @property {typeof import('../../src/model/catalogue-exclusions.js')} exclusions
 * @typedef {import('../../src/model/subsystem.js').Subsystem} Subsystem
 */

/**
 * docs/subsystems.md, from the catalogue in src/model.
 * @param {CatalogueModules} modules
 */
export function renderSubsystemsPage({ catalogue, kinds, exclusions }) {
  const { subsystems } = catalogue
  return `${[
    heading(catalogue),
    '## At a glance',
    overview(catalogue),
    '## Kinds of entities',
    kindsTable(kinds.entityKinds),
    '## What some entities do not have',
    exclusionsTable(exclusions.exclusions),
    ...subsystems.map((each) => section(each, catalogue)),
  ].join('\n\n')}\n`
}

/** @param {CatalogueModules['catalogue']} catalogue */
function heading({ subsystems, allOperations, eventsOf }) {
  const operations = allOperations()
  const entities = subsystems.flatMap((each) => each.entities).length
  const events = subsystems.flatMap((each) => eventsOf(each.code)).length
  const built = operations.filter((each) => each.impl === 'flow').length
  return `# The 21 subsystems

${subsystems.length} subsystems with ${entities} entities offer ${formatted(operations.length)} synchronous operations and publish ${events} kinds of events. ${built} operations
are built in this version and do real work; the others are declared, so that the shape of the whole is there.
The cut into 21 is this project's model: no public list of the subsystems of the reference platform exists.

An entity is one service interface: \`settlementAccount\` of ACT is \`cn.corelab.act.SettlementAccountService\`. Its kind
decides its methods and events. This page is written by \`npm run docs\` from \`src/model/catalogue-seed/\`; change
the seed, not this page.`
}

/** @param {CatalogueModules['catalogue']} catalogue */
function overview({ subsystems, operationsOf, eventsOf }) {
  const rows = subsystems.map((each) => [
    `[${each.code}](#${anchorOf(each)})`,
    each.name,
    each.module,
    each.entities.length,
    operationsOf(each.code).length,
    eventsOf(each.code).length,
  ])
  return table(['code', 'name', 'module', 'entities', 'operations', 'events'], rows)
}

/** @param {CatalogueModules['kinds']['entityKinds']} entityKinds */
function kindsTable(entityKinds) {
  const rows = Object.entries(entityKinds).map(([kind, { meaning, methods, events }]) => [
    kind,
    meaning,
    Object.keys(methods).join(', '),
    events.join(', ') || 'none',
  ])
  return table(['kind', 'what it is', 'methods', 'events'], rows)
}

/** @param {CatalogueModules['exclusions']['exclusions']} exclusions */
function exclusionsTable(exclusions) {
  const rows = exclusions.map(({ entities, methods, events, reason }) => [
    Object.entries(entities)
      .map(([code, names]) => `${code}: ${names.replaceAll(' ', ', ')}`)
      .join('; '),
    [...methods, ...events.map((event) => `event ${event}`)].join(', '),
    reason,
  ])
  return table(['entities', 'without', 'because'], rows)
}

/**
 * @param {Subsystem} subsystem
 * @param {CatalogueModules['catalogue']} catalogue
 */
function section(subsystem, { subsystems, operationsOf }) {
  const { code, name, purpose, callers, subscribers, entities } = subsystem
  const calls = subsystems.filter((each) => each.callers.includes(code)).map((each) => each.code)
  const built = operationsOf(code).filter((each) => each.impl === 'flow')
  const kindsUsed = [...new Set(entities.map((each) => each.kind))]
  const rows = kindsUsed.map((kind) => [
    kind,
    entities
      .filter((each) => each.kind === kind)
      .map((each) => each.name)
      .join(', '),
  ])
  const facts = [
    `- Called by ${callers.join(', ')}.`,
    calls.length === 0 ? '- Calls no other subsystem.' : `- Calls ${calls.join(', ')}.`,
    `- Its events go to ${subscribers.join(', ')}.`,
  ]
  if (built.length > 0) {
    facts.push(`- Built: ${built.map((each) => `\`${each.entity}.${each.method}\``).join(', ')}.`)
  }
  return [`## ${code}: ${name}`, purpose, facts.join('\n'), table(['kind', 'entities'], rows)].join('\n\n')
}

/**
 * @param {readonly string[]} head
 * @param {readonly (readonly (string | number)[])[]} rows
 */
function table(head, rows) {
  const line = (/** @type {readonly (string | number)[]} */ cells) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

/** @param {Subsystem} subsystem */
function anchorOf({ code, name }) {
  return `${code} ${name}`
    .toLowerCase()
    .replace(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-')
}

/** @param {number} count */
function formatted(count) {
  return count.toLocaleString('en-US')
}
