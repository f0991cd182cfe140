import { formatCount } from '../../kit/units.js'
import type { CheckVerdict } from '../../model/demo-result.js'
import type { RecordedEpochs } from '../recorded-epochs.js'
import { verdictOf, violationOf } from './verdict.js'

/**
 * One writer per epoch, and epochs never go back: no client had an answer of an old epoch to a call that was made after
 * anybody had one of a newer epoch, and one epoch was served by one server only. `unknown` when nobody answered with an
 * epoch, or fewer epochs were seen than there should have been.
 */
export function checkEpochMonotonicity(
  recorded: RecordedEpochs,
  expected: { readonly epochsMin: number } = { epochsMin: 1 },
): CheckVerdict {
  const { epochs, answers, stale, staleCount } = recorded
  const shared = epochs.filter(({ servers }) => servers.length > 1)
  const examples = stale.map(
    ({ f, epoch, newestBefore, server }) =>
      `${f} by server ${server} in epoch ${epoch} after ${newestBefore}`,
  )
  const staleText = violationOf('answers came from an epoch that was over', examples)
  return verdictOf({
    name: 'epochs never go back',
    violations: [
      ...(staleCount > examples.length
        ? [`${formatCount(staleCount)} in all: ${staleText.join('')}`]
        : staleText),
      ...violationOf(
        'epochs had more than one server',
        shared.map(({ epoch, servers }) => `${epoch}: ${servers.join(' and ')}`),
      ),
    ],
    vacuous: [
      ...(answers > 0 ? [] : ['no answer told its epoch']),
      ...(epochs.length >= expected.epochsMin
        ? []
        : [`only ${epochs.length} of at least ${expected.epochsMin} epochs were seen by clients`]),
    ],
    holds: `${formatCount(answers)} answers in ${epochs.length === 1 ? '1 epoch' : `${epochs.length} epochs`}, none of an epoch that was over; one server in each`,
    details: {
      answers,
      epochs: epochs.length,
      firstEpoch: epochs[0]?.epoch ?? null,
      lastEpoch: epochs.at(-1)?.epoch ?? null,
      staleAnswers: staleCount,
      epochsWithTwoServers: shared.length,
    },
  })
}
