import { Box, Text } from 'ink'
import type { ReactElement } from 'react'
import type { StepView } from '../event-model.js'
import { activityOf, shareOf } from '../step-text.js'
import type { Symbols } from '../symbols.js'

const barColumns = 16

/** What a running step does right now: a bar with its figures, or the thing that it waits for. */
export function ActivityLine(props: {
  readonly step: StepView
  readonly depth: 0 | 1
  readonly nowMs: number
  readonly symbols: Symbols
}): ReactElement {
  const { step, depth, nowMs, symbols } = props
  const share = step.waiting !== null || step.progress === null ? null : shareOf(step.progress)
  return (
    <Box paddingLeft={depth * 2 + 2} height={1} overflow="hidden">
      <Text wrap="wrap">
        {share === null ? null : (
          <Text>
            [<Text color="cyan">{barOf(share, symbols)}</Text>]{' '}
          </Text>
        )}
        <Text dimColor>{activityOf(step, nowMs) ?? ''}</Text>
      </Text>
    </Box>
  )
}

function barOf(share: number, symbols: Symbols): string {
  const filled = Math.floor(share * barColumns)
  const head = filled > 0 && filled < barColumns ? symbols.barHead : ''
  const done = symbols.barDone.repeat(Math.max(0, filled - head.length))
  return `${done}${head}`.padEnd(barColumns, symbols.barLeft)
}
