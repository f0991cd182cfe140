import { Box, Text } from 'ink'
import type { ReactElement } from 'react'
import type { ComponentState } from '../../kit/events.js'
import type { ComponentView } from '../event-model.js'

const nameColumns = 12
const roleColumns = 13
/** On a wide screen the two columns stay together. */
const cellColumnsMax = 50

/** One or two components side by side: name, role, state. */
export function ComponentCells(props: {
  readonly cells: readonly ComponentView[]
  readonly width: number
}): ReactElement {
  const half = Math.min(cellColumnsMax, Math.floor(props.width / 2) - 1)
  const cellColumns = props.cells.length > 1 ? half : props.width - 2
  return (
    <Box paddingLeft={2}>
      {props.cells.map((cell) => (
        <Box key={cell.name} width={cellColumns} height={1} overflow="hidden">
          <Text wrap="wrap">
            {cell.name.padEnd(nameColumns)}
            <Text dimColor>{(cell.role ?? '').padEnd(roleColumns)}</Text>
            <Text {...stateStyles[cell.state]}>{cell.state}</Text>
            {cell.detail === null ? null : <Text dimColor> {cell.detail}</Text>}
          </Text>
        </Box>
      ))}
    </Box>
  )
}

const stateStyles: Readonly<Record<ComponentState, { color?: string; dimColor?: boolean }>> = {
  planned: { dimColor: true },
  preparing: { color: 'cyan' },
  starting: { color: 'cyan' },
  ready: { color: 'green' },
  degraded: { color: 'yellow' },
  stopping: { color: 'cyan' },
  stopped: { dimColor: true },
  failed: { color: 'red' },
  quarantined: { color: 'yellow' },
}
