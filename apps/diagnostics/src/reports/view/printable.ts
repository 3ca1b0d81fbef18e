/** Control characters, and the line and paragraph separators. */
const CONTROLS = /[\p{Cc}\p{Zl}\p{Zp}]+/gu;
/** Characters that are not seen and turn, join or hide others: a name must not read as another one. */
const INVISIBLE = /\p{Cf}+/gu;
/** A letter with more marks than any script needs would be drawn over its neighbours. */
const PILED_MARKS = /(\p{M}{4})\p{M}+/gu;

/**
 * Text of a device or of a person made fit to be read: bounded, well-formed, nothing in it that cannot be seen, accents on
 * their letters (macOS writes them apart).
 */
export function printable(text: string, maxChars: number): string {
  // Cut twice: a megabyte is not worth cleaning, and what cleaning leaves is shorter than it was.
  const clean = text
    .slice(0, maxChars * 4)
    .toWellFormed()
    .normalize('NFC')
    .replace(CONTROLS, ' ')
    .replace(INVISIBLE, '')
    .replace(PILED_MARKS, '$1')
    .trim();
  const chars = [...clean];
  return chars.length > maxChars ? `${chars.slice(0, maxChars - 1).join('')}…` : clean;
}

/** The same for text of more than one line. */
export function printableLines(text: string, maxChars: number, maxLines: number): string {
  const lines = text
    .slice(0, maxChars)
    .split(/\r\n?|[\n\u2028\u2029]/)
    .map((line) => printable(line, maxChars));
  // One empty line says as much as ten.
  const kept = lines.filter((line, index) => line !== '' || (lines[index - 1] ?? '') !== '');
  return (kept.length > maxLines ? [...kept.slice(0, maxLines), '…'] : kept).join('\n').trim();
}
