import { Box, Text } from 'ink'
import type { ReactElement } from 'react'
import { formatDuration } from '../../kit/units.js'
import type { StepView } from '../event-model.js'
import { wholeSeconds } from '../step-text.js'
import type { Symbols } from '../symbols.js'

/**
 * One step: mark, title, how long. Used alike for what runs and for what is over; `height` 1 keeps it to one
 * line, cut at a word (an ellipsis would be two columns wide in some terminals).
 */
export function StepLine(props: {
  readonly step: StepView
  readonly depth: 0 | 1
  readonly frame: number
  readonly nowMs: number
  readonly symbols: Symbols
  readonly height?: 1
}): ReactElement {
  const { step, depth, nowMs } = props
  const mark = markOf(step, props)
  const duration =
    step.durationMs === null ? wholeSeconds(nowMs - step.startedAtMs) : formatDuration(step.durationMs)
  const oneLine = props.height === undefined ? {} : { height: 1, overflow: 'hidden' as const }
  return (
    <Box paddingLeft={depth * 2} gap={1} {...oneLine}>
      <Box flexShrink={0}>
        <Text {...(mark.color === null ? {} : { color: mark.color })}>{mark.text}</Text>
      </Box>
      <Text wrap="wrap">
        <Text bold={depth === 0 && step.state === 'running'}>{step.title}</Text>
        <Text dimColor>{`  ${duration}${step.summary === null ? '' : `  ${step.summary}`}`}</Text>
        <Outcome step={step} />
      </Text>
    </Box>
  )
}

function Outcome({ step }: { readonly step: StepView }): ReactElement | null {
  if (step.error === null) return null
  return wasStopped(step) ? (
    <Text dimColor>{'  stopped'}</Text>
  ) : (
    <Text color="red">{`  ${step.error.message}`}</Text>
  )
}

function markOf(
  step: StepView,
  props: { readonly frame: number; readonly symbols: Symbols },
): { readonly text: string; readonly color: string | null } {
  const { spinner, ok, failed, note } = props.symbols
  if (step.state === 'running') return { text: spinner[props.frame % spinner.length] ?? ' ', color: 'cyan' }
  if (step.state === 'done') return { text: ok, color: 'green' }
  return wasStopped(step) ? { text: note, color: null } : { text: failed, color: 'red' }
}

function wasStopped(step: StepView): boolean {
  return step.error?.code === 'CANCELLED'
}
