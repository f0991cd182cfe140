import type { RoleSpan } from '../../model/demo-result.js'

/** Who had which role from a moment on, on the run's clock. */
export interface RoleChange {
  readonly atMs: number
  readonly roles: Readonly<Record<string, string>>
}

/**
 * The lanes of the report: one span per node and role, from the first change to `endMs`. A killed node is `down`
 * from its end until the keeper gives it another role, because nobody has a role after SIGKILL.
 */
export function roleSpans(facts: {
  readonly changes: readonly RoleChange[]
  readonly killed: { readonly node: string; readonly atMs: number } | null
  readonly endMs: number
}): readonly RoleSpan[] {
  const changes = facts.changes.toSorted((left, right) => left.atMs - right.atMs)
  const nodes = [...new Set(changes.flatMap((change) => Object.keys(change.roles)))].sort()
  return nodes.flatMap((node) => {
    const spans = spansOf(node, changes, facts.endMs)
    return facts.killed?.node === node ? cutAtDeath(spans, facts.killed.atMs) : spans
  })
}

function spansOf(node: string, changes: readonly RoleChange[], endMs: number): RoleSpan[] {
  const spans: RoleSpan[] = []
  for (const { atMs, roles } of changes) {
    const role = roles[node]
    const last = spans.at(-1)
    if (role === undefined || role === last?.role) continue
    if (last) spans[spans.length - 1] = { ...last, toMs: atMs }
    spans.push({ node, role, fromMs: atMs, toMs: endMs })
  }
  return spans
}

function cutAtDeath(spans: readonly RoleSpan[], atMs: number): RoleSpan[] {
  return spans.flatMap((span) => {
    if (span.fromMs >= atMs || span.toMs <= atMs) return [span]
    return [
      { ...span, toMs: atMs },
      { ...span, role: 'down', fromMs: atMs },
    ]
  })
}
