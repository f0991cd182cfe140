import { present } from '../kit/assert.js'
import { operationsOf, subsystems } from '../model/catalogue.js'
import { nodeNames, serverIdOf } from '../model/node.js'
import type { ProfileName } from '../model/profile.js'
import {
  contractPath,
  defaultHandlerPath,
  projectLayout,
  serverOverrideFiles,
  subsystemFolder,
} from '../model/project-layout.js'
import { projectSchema } from '../model/project-schema.js'
import type { Operation, Subsystem } from '../model/subsystem.js'
import { renderTemplate } from '../sys/templates.js'
import { contractYaml } from './contract-yaml.js'

/** What the files of a new project say that can differ between projects. */
export interface ProjectChoices {
  readonly name: string
  readonly profile: ProfileName
  readonly seed: number
}

export interface ProjectFileText {
  /** Relative to the project folder, with slashes. */
  readonly path: string
  readonly text: string
}

/** Every file of a new project, from `templates/init/` and the catalogue. The same choices give the same bytes. */
export function projectFiles(choices: ProjectChoices): readonly ProjectFileText[] {
  return [
    { path: projectLayout.config, text: configText(choices) },
    { path: 'README.md', text: readmeText(choices) },
    { path: '.gitignore', text: fromTemplate('gitignore', {}) },
    { path: 'compose.yaml', text: composeText(choices) },
    { path: projectLayout.schema, text: `${JSON.stringify(projectSchema, null, 2)}\n` },
    ...Object.values(serverOverrideFiles).map((path) => ({ path, text: fromTemplate(path, {}) })),
    ...subsystems.flatMap((each) => [
      { path: contractPath(each.code), text: contractYaml(each.code) },
      { path: defaultHandlerPath(each.code), text: handlerText(each) },
    ]),
  ]
}

function fromTemplate(name: string, values: object): string {
  return renderTemplate(`init/${name}.eta`, values)
}

function configText(choices: ProjectChoices): string {
  const codes = subsystems.map((each) => each.code.toLowerCase())
  return fromTemplate('corelab.yaml', { ...choices, codes })
}

function readmeText({ name }: ProjectChoices): string {
  const rows = subsystems.map((each) => ({ ...each, operations: operationsOf(each.code).length }))
  return fromTemplate('README.md', { name, subsystems: rows })
}

/** Not those of the native runtime, so that both can run at once. */
const composePortBase = 23_100

function composeText({ name }: ProjectChoices): string {
  const nodes = nodeNames.map((node) => ({
    name: node,
    serverId: serverIdOf(node),
    variable: node.replace('-', '_').toUpperCase(),
    port: composePortBase + serverIdOf(node),
  }))
  return fromTemplate('compose.yaml', { name, nodes })
}

function handlerText(subsystem: Subsystem): string {
  const { interfaceName, method } = exampleOf(operationsOf(subsystem.code))
  const exampleKey = `${interfaceName.slice(interfaceName.lastIndexOf('.') + 1)}/${method}`
  const folder = subsystemFolder(subsystem.code)
  return fromTemplate('handler.mjs', { code: subsystem.code, name: subsystem.name, folder, exampleKey })
}

/** A read of something central: of the first entity that is built in, else of the first one. */
function exampleOf(operations: readonly Operation[]): Operation {
  const isGet = (each: Operation) => each.method === 'get'
  const found = operations.find((each) => isGet(each) && each.impl === 'flow') ?? operations.find(isGet)
  return present(found, 'a get operation')
}
