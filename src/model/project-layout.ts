/** Where the files of a project are, relative to its folder. */
export const projectLayout = Object.freeze({
  config: 'corelab.yaml',
  schema: 'corelab.schema.json',
  /** Not for version control: environments, and what `corelab init` remembers. */
  stateRoot: '.corelab',
  stateIgnore: '.corelab/.gitignore',
  scaffoldManifest: '.corelab/scaffold.json',
})

/** Server settings of the user's own, added at the end of the generated ones. */
export const serverOverrideFiles = Object.freeze({
  mysql: 'config/mysql/extra.cnf',
  redis: 'config/redis/extra.conf',
  rabbitmq: 'config/rabbitmq/extra.conf',
})

/** `subsystems/pay` for `pay` or `PAY`. */
export function subsystemFolder(code: string): string {
  return `subsystems/${code.toLowerCase()}`
}

/** What is loaded for a subsystem when `corelab.yaml` names no handler; the file need not be there. */
export function defaultHandlerPath(code: string): string {
  return `${subsystemFolder(code)}/handler.mjs`
}

export function contractPath(code: string): string {
  return `${subsystemFolder(code)}/contract.yaml`
}
