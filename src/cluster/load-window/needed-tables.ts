/** A table as the schema files make it. */
export interface TableNeeded {
  readonly name: string
  /** What makes it, on one line. */
  readonly statement: string
  readonly columns: readonly ColumnNeeded[]
  /** Its columns, in order. */
  readonly primaryKey: readonly string[]
}

export interface ColumnNeeded {
  readonly name: string
  /** In lower case, as servers say it: `bigint`, `varchar(64)`. */
  readonly type: string
  /** Texts of any language, not only ASCII. */
  readonly anyText: boolean
  /** As it stands in the statement. */
  readonly definition: string
}

/** Reads the tables out of schema statements, which are ours: one column per line, the primary key on one of its own. */
export function neededTables(statements: readonly string[]): readonly TableNeeded[] {
  return statements.flatMap((statement) => {
    const match = /^CREATE TABLE IF NOT EXISTS (\S+) \(\n([\s\S]*)\n\)/.exec(statement)
    if (!match) return []
    const [, name = '', body = ''] = match
    const columns = body.split('\n').flatMap(columnOf)
    const primaryKey = /^\s*PRIMARY KEY \(([\w, ]+)\)/m.exec(body)?.[1]?.split(', ') ?? []
    return [{ name, statement: statement.replaceAll(/\s+/g, ' '), columns, primaryKey }]
  })
}

function columnOf(line: string): ColumnNeeded[] {
  const match = /^\s*(([a-z]\w*) ([A-Z]+(?:\(\d+\))?)[^\n]*?),?$/.exec(line)
  if (!match) return []
  const [, definition = '', name = '', type = ''] = match
  return [
    { name, type: type.toLowerCase(), anyText: !definition.includes('CHARACTER SET ascii'), definition },
  ]
}
