import { Box, Static, Text } from 'ink'
import type { ReactElement } from 'react'
import type { FinishedItem, ProgressModel } from './event-model.js'
import type { LiveRow, TerminalSize } from './live-layout.js'
import { drawingWidth, liveRows } from './live-layout.js'
import { ActivityLine } from './parts/activity-line.js'
import { ComponentCells } from './parts/component-cells.js'
import { FinishedLine } from './parts/finished-line.js'
import { StepLine } from './parts/step-line.js'
import type { Symbols } from './symbols.js'

export interface ScreenState {
  readonly model: ProgressModel
  readonly nowMs: number
  /** Counts up once per drawing; turns the spinners. */
  readonly frame: number
  /** The last frame leaves history only. */
  readonly over: boolean
}

/** The whole progress display as a function of its state: history above, a small live region below. */
export function ProgressScreen(props: {
  readonly state: ScreenState
  readonly size: TerminalSize
  readonly symbols: Symbols
  readonly verbose: boolean
}): ReactElement {
  const { state, size, symbols, verbose } = props
  const history = state.model.finished.filter((item) => isHistory(item, verbose))
  return (
    <>
      <Static items={history}>
        {(item) => <FinishedLine key={item.key} item={item} symbols={symbols} width={drawingWidth(size)} />}
      </Static>
      {state.over ? null : (
        <Box flexDirection="column" width={drawingWidth(size)}>
          {liveRows(state.model, size).map((row) => (
            <Row key={keyOf(row)} row={row} state={state} width={drawingWidth(size)} symbols={symbols} />
          ))}
        </Box>
      )}
    </>
  )
}

function Row(props: {
  readonly row: LiveRow
  readonly state: ScreenState
  readonly width: number
  readonly symbols: Symbols
}): ReactElement {
  const { row, symbols, width } = props
  const { frame, nowMs } = props.state
  switch (row.kind) {
    case 'step':
      return (
        <StepLine
          step={row.step}
          depth={row.depth}
          frame={frame}
          nowMs={nowMs}
          symbols={symbols}
          height={1}
        />
      )
    case 'activity':
      return <ActivityLine step={row.step} depth={row.depth} nowMs={nowMs} symbols={symbols} />
    case 'components':
      return <ComponentCells cells={row.cells} width={width} />
    case 'gap':
      return <Text> </Text>
  }
}

/** Sub-steps that went well are told by their parent; whoever wants them all asks with `--verbose`. */
function isHistory(item: FinishedItem, verbose: boolean): boolean {
  if (item.kind !== 'step' || verbose) return true
  return item.step.parent === null || item.step.state === 'failed'
}

function keyOf(row: LiveRow): string {
  switch (row.kind) {
    case 'step':
    case 'activity':
      return `${row.kind} ${row.step.step}`
    case 'components':
      return row.cells.map((cell) => cell.name).join(' ')
    case 'gap':
      return 'gap'
  }
}
