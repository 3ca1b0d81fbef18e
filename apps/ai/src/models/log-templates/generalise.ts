import { VARIABLE } from './tokens.js';

/** A line with what varies by its look replaced, and how many lines look so. */
export interface Shape {
  index: number;
  words: readonly string[];
  spaced: readonly boolean[];
  count: number;
  example: string;
}

/**
 * So many words in one place, all else equal, make the place a variable. Two or three are as often states
 * (`session opened`, `session closed`) that an operator wants told apart. Brain's own settings are 2 to 6 by system.
 */
export const WORDS_OF_A_VARIABLE = 4;

/** Two places are tried at a time only in lines of so few words: the cost is the square, and longer lines hold numbers. */
const MAX_WORDS_FOR_PAIRS = 14;

/** Each round uncovers places that only others' becoming variables made equal; real logs need two or three. */
const MAX_ROUNDS = 8;

/** Words in capitals (`LOOKING`, `NEW`, `GET`) name a state or a command: they make no place a variable. */
const STATE = /^[A-Z][A-Z_]+$/u;

const WORD = /[\p{L}\p{N}]/u;

/**
 * The template of each shape. Holding all other places equal, a place with many words is a variable; this is repeated
 * until nothing changes, then done for two places at a time. A line's first word stays: it is the message's name far
 * more often than a variable (`cupsd startup succeeded`), and a variable there mostly looks like one.
 */
export function generalise(shapes: readonly Shape[]): string[][] {
  const templates = shapes.map(({ words }) => [...words]);
  const byLength = new Map<number, string[][]>();
  for (const words of templates) {
    const group = byLength.get(words.length);
    if (group) group.push(words);
    else byLength.set(words.length, [words]);
  }
  for (const group of byLength.values()) {
    repeat(() => merge(group, onePlace));
    if (merge(group, twoPlaces)) repeat(() => merge(group, onePlace));
  }
  knownValues(shapes, templates);
  return templates;
}

/**
 * A word that was a value behind the same two words in another template is a value here too: after `closed for user` has
 * shown four names, three of them in `opened for user` are names.
 */
function knownValues(shapes: readonly Shape[], templates: readonly string[][]): void {
  const values = new Set<string>();
  const each = (visit: (context: string, template: string[], place: number) => void) =>
    shapes.forEach(({ words }, index) => {
      const template = templates[index];
      if (!template) return;
      words.forEach((word, i) => {
        const before = words.slice(i - 2, i);
        if (i < 2 || word === VARIABLE || before.some((other) => !WORD.test(other) || other === VARIABLE)) return;
        visit([...before, word].join(' '), template, i);
      });
    });
  each((context, template, i) => {
    if (template[i] === VARIABLE) values.add(context);
  });
  each((context, template, i) => {
    if (values.has(context)) template[i] = VARIABLE;
  });
}

function repeat(round: () => boolean): void {
  for (let rounds = 0; rounds < MAX_ROUNDS && round(); rounds++);
}

type Holes = readonly number[];

/** A place that is a variable in one line already takes the words of the others, so those count as holes too. */
const onePlace = (words: readonly string[]): Holes[] =>
  words.flatMap((word, i) => (i > 0 && (word === VARIABLE || WORD.test(word)) ? [[i]] : []));

function twoPlaces(words: readonly string[]): Holes[] {
  const places = words.flatMap((word, i) => (i > 0 && word !== VARIABLE && WORD.test(word) ? [i] : []));
  if (places.length > MAX_WORDS_FOR_PAIRS) return [];
  return places.flatMap((a, i) => places.slice(i + 1).map((b) => [a, b]));
}

interface Filled {
  holes: Holes;
  /** Of each hole the words that were in it. */
  seen: Set<string>[];
  lines: string[][];
}

/** Replaces the places of every hole that enough different words fill; whether any was replaced. */
function merge(group: readonly string[][], holesOf: (words: readonly string[]) => Holes[]): boolean {
  const sum = new PlaceSum();
  const sums = group.map((words) => {
    const whole = sum.of(words);
    return holesOf(words).map((holes) => sum.without(whole, words, holes));
  });
  // Most holes are of one line only: counted first, so that nothing is built for those.
  const lines = new Map<number, number>();
  for (const rests of sums) for (const rest of rests) lines.set(rest, (lines.get(rest) ?? 0) + 1);
  const filled = new Map<number, Filled>();
  group.forEach((words, index) => {
    const rests = sums[index] ?? [];
    if (!rests.some((rest) => (lines.get(rest) ?? 0) > 1)) return;
    holesOf(words).forEach((holes, i) => {
      const rest = rests[i] ?? 0;
      if ((lines.get(rest) ?? 0) < 2) return;
      let known = filled.get(rest);
      if (!known) filled.set(rest, (known = { holes, seen: holes.map(() => new Set()), lines: [] }));
      holes.forEach((hole, place) => {
        const word = words[hole] ?? '';
        if (!STATE.test(word)) known.seen[place]?.add(word);
      });
      known.lines.push(words);
    });
  });
  return replace(filled.values());
}

function replace(filled: Iterable<Filled>): boolean {
  let changed = false;
  for (const { holes, seen, lines } of filled) {
    if (seen.some((words) => words.size < WORDS_OF_A_VARIABLE && !words.has(VARIABLE))) continue;
    for (const words of lines) {
      for (const hole of holes) {
        if (words[hole] !== VARIABLE) changed = true;
        words[hole] = VARIABLE;
      }
    }
  }
  return changed;
}

/**
 * Tells lines that are equal but for some places by one number, in a step instead of a join of all words. Two sums of 32
 * bits, of which 53 are kept: of a million lines two different ones agree by chance in one log of ten thousand.
 */
class PlaceSum {
  readonly #ids = new Map<string, number>();

  of(words: readonly string[]): readonly [number, number] {
    let a = 0;
    let b = 0;
    for (let i = 0; i < words.length; i++) {
      const id = this.#id(words[i] ?? '');
      a = (a + mix(id, i, 0x9e3779b1)) | 0;
      b = (b + mix(id, i, 0x85ebca77)) | 0;
    }
    return [a, b];
  }

  without([a, b]: readonly [number, number], words: readonly string[], holes: Holes): number {
    for (const hole of holes) {
      const id = this.#id(words[hole] ?? '');
      // The place itself takes part, so that a hole elsewhere is another hole.
      a = (a - mix(id, hole, 0x9e3779b1) + mix(0, hole, 0x9e3779b1)) | 0;
      b = (b - mix(id, hole, 0x85ebca77) + mix(0, hole, 0x85ebca77)) | 0;
    }
    return (a >>> 0) * 2 ** 21 + (b >>> 11);
  }

  #id(word: string): number {
    const known = this.#ids.get(word);
    if (known !== undefined) return known;
    const id = this.#ids.size + 1;
    this.#ids.set(word, id);
    return id;
  }
}

/** The finalising steps of MurmurHash3 over a word and its place. */
function mix(id: number, place: number, seed: number): number {
  let h = Math.imul(id, seed) ^ Math.imul(place + 1, 0xc2b2ae3d);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
