/**
 * What a line is made of: words, and each separator by itself. Splitting at separators keeps `uid=0` and `uid=7` two
 * words of one place, so that no rule per system is needed.
 */
export interface Tokens {
  /** A word, a separator of one character, or `VARIABLE`. */
  readonly words: string[];
  /** Whether white space was before the word of that place. */
  readonly spaced: boolean[];
}

export const VARIABLE = '<*>';

/** What is read of a line: a template is told apart by its beginning, and a line of a megabyte must not cost a second. */
export const MAX_LINE_LENGTH = 2_048;

/** As many places a line has at most; what follows belongs to the last, a variable. */
export const MAX_TOKENS = 96;

const SEPARATORS = new Set('=:,;()[]{}"\'|<>!?`&');
const MONTHS = /^(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}$/iu;
const WEEKDAYS = /^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}$/iu;
/** Written after a number, they are part of the quantity: `<1 sec` and `00:03` fill the same place. */
const UNITS = /^(?:[kmgt]i?b|bytes?|[mun]?s|sec|secs|seconds?|min|mins|minutes?|hours?|days?)$/iu;
/** Three labels or more, in lower case: a host or a package. Class names (`java.io.IOException`) tell lines apart and stay. */
const DOTTED_NAME = /^[a-z0-9_-]+(?:\.[a-z0-9_-]+){2,}\.?$/u;
const VALUE_WITH_A_DOT = /\w\.\w/u;
const NUMBER = /^[-+#]?\d/u;
const SLASH = /[/\\]/u;
/** The name of a function, `jk2_init()`, varies as little as a word. */
const LETTER_FIRST = /^\p{L}/u;
const DIGIT = /\d/u;
const LETTERS = /\p{L}/u;

/** The words of a line with what varies by its look (numbers, addresses, paths, dates) already replaced. */
export function tokensOf(line: string): Tokens {
  return joinVariables(mask(fillEmpty(split(withoutHeader(shortened(line))))));
}

/** Cut at a space where there is one: half a word is a word of its own. */
function shortened(line: string): string {
  if (line.length <= MAX_LINE_LENGTH) return line;
  const space = line.lastIndexOf(' ', MAX_LINE_LENGTH);
  return line.slice(0, space > 0 ? space : MAX_LINE_LENGTH);
}

/**
 * A time at the start of a raw line, as the common formats write it, with what encloses it, and the level after it. Only
 * with a time before it is a level no part of the message: `error: no route` as a message keeps its first word.
 */
const HEADER =
  /^[\s[(<]*(?:(?:\w{3},? )?\w{3} {1,2}\d{1,2}(?: \d{4})? \d{2}:\d{2}:\d{2}(?:[.,]\d+)?(?: \d{4})?|\d{2,4}[-/.]\d{1,2}[-/.]\d{1,4}[T ,]{1,2}\d{1,2}:\d{2}:\d{2}(?:[.,:]\d+)?(?:Z|[+-]\d{2}:?\d{2})?|\d{6,8}[ -]\d{6}(?:[.,]\d+)?)[\])>]?(?:[\s|,:-]+[[(<]?(?:trace|debug|info|information|notice|warn|warning|error|err|crit|critical|fatal|severe)[\])>]?(?=[\s|,:]))?[\s|,:-]*/iu;

/** After the time of syslog (RFC 3164) come host and program; after a level log4j writes its thread. They say who, not what. */
const SYSLOG_TIME = /^\w{3} {1,2}\d{1,2} \d{2}:\d{2}:\d{2} $/u;
const SYSLOG_SOURCE = /^\S{1,255} [^\s:[]{1,64}(?:\[\d{1,10}\])?(?: \([^)]{0,128}\))?: */u;
const THREAD = /^\[.{1,200}?\] - +/u;

function withoutHeader(line: string): string {
  const header = HEADER.exec(line)?.[0] ?? '';
  if (header === '' || header.length >= line.trimEnd().length) return line;
  const rest = line.slice(header.length);
  const source = (SYSLOG_TIME.test(header) ? SYSLOG_SOURCE : THREAD).exec(rest)?.[0] ?? '';
  return source.length < rest.trimEnd().length ? rest.slice(source.length) : rest;
}

function split(line: string): Tokens {
  const words: string[] = [];
  const spaced: boolean[] = [];
  let start = -1;
  let space = false;
  const end = (at: number) => {
    if (start < 0) return;
    words.push(line.slice(start, at));
    spaced.push(space);
    start = -1;
    space = false;
  };
  for (let i = 0; i < line.length; i++) {
    const character = line[i] ?? '';
    const code = line.charCodeAt(i);
    if (code <= 32 || code === 127 || code === 160) {
      end(i);
      space = true;
    } else if (SEPARATORS.has(character)) {
      end(i);
      words.push(character);
      spaced.push(space);
      space = false;
    } else if (start < 0) start = i;
    if (words.length >= MAX_TOKENS) return { words: [...words, VARIABLE], spaced: [...spaced, true] };
  }
  end(line.length);
  return { words, spaced };
}

/** Brackets as a field of their own (`from 10.0.0.1 ()`) hold a value that happens to be empty; those of `init()` do not. */
function fillEmpty({ words, spaced }: Tokens): Tokens {
  const filled: Tokens = { words: [], spaced: [] };
  words.forEach((word, i) => {
    if (word === ')' && words[i - 1] === '(' && spaced[i - 1]) {
      filled.words.push(VARIABLE);
      filled.spaced.push(false);
    }
    filled.words.push(word);
    filled.spaced.push(spaced[i] ?? false);
  });
  return filled;
}

const isNumber = (word: string | undefined) => word !== undefined && NUMBER.test(word);

function mask({ words, spaced }: Tokens): Tokens {
  return { words: words.map((word, i) => (varies(word, i, words) ? VARIABLE : word)), spaced };
}

/** Whether a word varies by its look, or by that of its neighbours. */
function varies(word: string, i: number, words: readonly string[]): boolean {
  if (word.length === 1 && SEPARATORS.has(word)) return false;
  if (LETTER_FIRST.test(word) && words[i + 1] === '(' && words[i + 2] === ')') return false;
  if (DIGIT.test(word) || isPath(word)) return true;
  if (word.includes('.')) {
    if (DOTTED_NAME.test(word) || (words[i - 1] === '=' && VALUE_WITH_A_DOT.test(word))) return true;
    return words[i + 1] === ':' && isNumber(words[i + 2]);
  }
  if (isNumber(words[i - 1])) return UNITS.test(word) || MONTHS.test(word);
  if (isNumber(words[i + 1])) return MONTHS.test(word);
  return WEEKDAYS.test(word) && MONTHS.test(words[i + 1] ?? '');
}

function isPath(word: string): boolean {
  const first = word.search(SLASH);
  if (first < 0 || !LETTERS.test(word)) return false;
  return first === 0 || word.startsWith('~') || SLASH.test(word.slice(first + 1));
}

/**
 * One variable for a run of them: a list of any length, an address with or without its port, a quantity with or without
 * its unit are one place each.
 */
function joinVariables({ words, spaced }: Tokens): Tokens {
  const kept: Tokens = { words: [], spaced: [] };
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    const before = kept.words.length - 1;
    if (word === VARIABLE && kept.words[before] === VARIABLE) continue;
    if (
      word === VARIABLE &&
      (kept.words[before] === ':' || kept.words[before] === ',') &&
      kept.words[before - 1] === VARIABLE &&
      !(kept.words[before] === ':' && spaced[i])
    ) {
      kept.words.pop();
      kept.spaced.pop();
      continue;
    }
    kept.words.push(word);
    kept.spaced.push(spaced[i] ?? false);
  }
  return kept;
}
