const esc = '\u001b'
/** An escape sequence, a line end, or text. */
const tokens = new RegExp(`${esc}\\[([\\d;?]*)([A-Za-z])|\\r|\\n|[^${esc}\\r\\n]+`, 'g')

/**
 * What is on a terminal after it received `output`, line by line with its scrollback: new lines, carriage returns,
 * cursor up and to a column, erasing lines. Enough for what corelab draws; other sequences are passed over.
 */
export function screenAfter(output: string): string[] {
  const lines: string[] = ['']
  let row = 0
  let column = 0
  const put = (text: string) => {
    const line = lines[row] ?? ''
    lines[row] = line.slice(0, column).padEnd(column) + text + line.slice(column + text.length)
    column += text.length
  }
  for (const [token, parameter = '', command] of output.matchAll(tokens)) {
    if (token === '\n') {
      row++
      lines[row] ??= ''
    } else if (token === '\r') column = 0
    else if (command === 'A') row = Math.max(0, row - Number(parameter || 1))
    else if (command === 'G') column = Number(parameter || 1) - 1
    else if (command === 'K') lines[row] = parameter === '2' ? '' : (lines[row] ?? '').slice(0, column)
    else if (command === undefined) put(token)
  }
  return lines.map((line) => line.trimEnd())
}
