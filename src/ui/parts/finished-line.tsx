import { Box, Text } from 'ink'
import type { ReactElement } from 'react'
import type { FinishedItem } from '../event-model.js'
import type { Symbols } from '../symbols.js'
import { StepLine } from './step-line.js'

/** A line of history: written once, then left to the scrollback. */
export function FinishedLine(props: {
  readonly item: FinishedItem
  readonly symbols: Symbols
  readonly width: number
}): ReactElement {
  // Without a width of its own, a long line in <Static> is wrapped at the wrong column.
  return (
    <Box width={props.width}>
      <Content item={props.item} symbols={props.symbols} />
    </Box>
  )
}

function Content({
  item,
  symbols,
}: {
  readonly item: FinishedItem
  readonly symbols: Symbols
}): ReactElement {
  switch (item.kind) {
    case 'step':
      return (
        <StepLine
          step={item.step}
          depth={item.step.parent === null ? 0 : 1}
          frame={0}
          nowMs={0}
          symbols={symbols}
        />
      )
    case 'warning':
      return (
        <Box gap={1}>
          <Box flexShrink={0}>
            <Text color="yellow">{symbols.warning}</Text>
          </Box>
          <Text>{item.text}</Text>
        </Box>
      )
    case 'note':
    case 'topology':
      return (
        <Box gap={1}>
          <Box flexShrink={0}>
            <Text dimColor>{symbols.note}</Text>
          </Box>
          <Text dimColor>{item.text}</Text>
        </Box>
      )
  }
}
