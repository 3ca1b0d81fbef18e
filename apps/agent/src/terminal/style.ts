/** What a stream can show. */
export interface TerminalLook {
  /** Columns. */
  width: number;
  colour: boolean;
  /** Drawn characters (bars, rules) beside letters. */
  drawing: boolean;
}

const DEFAULT_WIDTH = 80;
const MIN_WIDTH = 40;
const MAX_WIDTH = 110;

export interface OutputStream {
  isTTY?: boolean;
  columns?: number;
}

/** Colours and drawings only on a terminal; colours not when NO_COLOR is set (no-color.org) or the terminal is dumb. */
export function lookOf(stream: OutputStream, env: Readonly<Record<string, string | undefined>>): TerminalLook {
  const onTerminal = stream.isTTY === true;
  const width = Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, (onTerminal && stream.columns) || DEFAULT_WIDTH));
  return { width, colour: onTerminal && !env.NO_COLOR && env.TERM !== 'dumb', drawing: onTerminal };
}

const codes = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;
export type Style = keyof typeof codes;

/** A function that dresses text in a style, or leaves it as it is. */
export function painter(colour: boolean): (style: Style, text: string) => string {
  return (style, text) => (colour && text ? `\u001b[${codes[style]}m${text}\u001b[0m` : text);
}

/** Text from elsewhere on one line, without anything that a terminal would obey. */
export function printable(text: string): string {
  return text
    .replace(/[\s\u2028\u2029]+/g, ' ')
    .replace(/[\p{Cc}\p{Cf}]/gu, '')
    .trim();
}

/** Lines of at most `width` characters, broken at blanks; a word longer than a line is broken where it must. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    let rest = word;
    if (line && line.length + 1 + rest.length > width) {
      lines.push(line);
      line = '';
    }
    while (rest.length > width) {
      lines.push(rest.slice(0, width));
      rest = rest.slice(width);
    }
    line = line ? `${line} ${rest}` : rest;
  }
  return line ? [...lines, line] : lines;
}

/** Wrapped text behind a first and further margins of equal width. */
export function hang(first: string, text: string, width: number): string[] {
  const margin = ' '.repeat(first.length);
  return wrap(text, Math.max(20, width - first.length)).map((line, index) => (index === 0 ? first : margin) + line);
}
