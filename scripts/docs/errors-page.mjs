/**
 * docs/errors.md, from the one catalogue in src/kit/error-catalogue.ts.
 * @param {Readonly<Record<string, { title: string, explain: string, exit: number, retryable: boolean }>>} catalogue
 */
export function renderErrorsPage(catalogue) {
  const sections = Object.entries(catalogue).map(([code, { title, explain, exit, retryable }]) =>
    [
      `## ${code}`,
      `**${title}.** Exit code ${exit}.${retryable ? ' The same command may succeed when it is run again.' : ''}`,
      explain,
    ].join('\n\n'),
  )
  return `${[heading, ...sections].join('\n\n')}\n`
}

const heading = `# Errors

Every error that corelab can show, by its code. This page is written by \`npm run docs\` from
\`src/kit/error-catalogue.ts\`; change the catalogue, not this page. What the exit codes mean stands in
[README.md](../README.md#exit-codes).`
