import { createHash } from 'node:crypto';
import { generalise, type Shape } from './generalise.js';
import { tokensOf, VARIABLE } from './tokens.js';

export interface LogTemplate {
  /** By the template's words: the same template has the same id in every call and on every machine. */
  id: string;
  template: string;
  count: number;
  /** The first line of it, shortened. */
  example: string;
}

export interface MinedTemplates {
  /** Most frequent first. */
  templates: LogTemplate[];
  /** Of each line in order the index of its template in `templates`. */
  assignments: Uint32Array;
}

/** As much of an example as shows what the line was about. */
export const MAX_EXAMPLE_LENGTH = 300;
/** Lines of more shapes than these are noise (binary, text of no program); they share one shape. */
export const MAX_SHAPES = 3_000;

/**
 * Finds the templates behind log lines. Lines are taken one by one and only their shapes (the line with all that varies
 * by its look replaced) are kept; the few shapes are then generalised to templates. So the cost of a line does not grow
 * with what was read before, and the order of the lines decides nothing but which one is the example.
 */
export class TemplateMiner {
  readonly #shapes = new Map<string, Shape>();
  readonly #shapeOf: number[] = [];

  add(line: string): void {
    const { words, spaced } = tokensOf(line);
    const shape = this.#shape(words, spaced, line);
    shape.count++;
    this.#shapeOf.push(shape.index);
  }

  templates(): MinedTemplates {
    const shapes = [...this.#shapes.values()];
    const generalised = generalise(shapes);
    const byWords = new Map<string, LogTemplate & { first: number }>();
    const templateOf = generalised.map((words, index) => {
      const shape = shapes[index];
      const key = words.join(' ');
      const known = byWords.get(key);
      if (known && shape) {
        known.count += shape.count;
        return known;
      }
      const template = {
        id: idOf(key),
        template: textOf(words, shape?.spaced ?? []),
        count: shape?.count ?? 0,
        example: shape?.example ?? '',
        first: index,
      };
      byWords.set(key, template);
      return template;
    });
    const sorted = [...byWords.values()].sort((a, b) => b.count - a.count || a.first - b.first);
    const place = new Map(sorted.map((template, index) => [template, index]));
    const assignments = Uint32Array.from(this.#shapeOf, (shape) => place.get(templateOf[shape] as never) ?? 0);
    return { templates: sorted.map(({ first: _first, ...template }) => template), assignments };
  }

  #shape(words: string[], spaced: boolean[], line: string): Shape {
    const key = words.join(' ');
    const known = this.#shapes.get(key);
    if (known) return known;
    if (this.#shapes.size >= MAX_SHAPES && words.some((word) => word !== VARIABLE)) {
      return this.#shape([VARIABLE], [false], line);
    }
    const shape: Shape = {
      index: this.#shapes.size,
      words,
      spaced,
      count: 0,
      example: line.slice(0, MAX_EXAMPLE_LENGTH),
    };
    this.#shapes.set(key, shape);
    return shape;
  }
}

/** The templates of all lines. */
export function templatesOf(lines: Iterable<string>): MinedTemplates {
  const miner = new TemplateMiner();
  for (const line of lines) miner.add(line);
  return miner.templates();
}

const idOf = (words: string) => `tpl_${createHash('sha256').update(words).digest('hex').slice(0, 16)}`;

function textOf(words: readonly string[], spaced: readonly boolean[]): string {
  return words.map((word, i) => (i > 0 && spaced[i] ? ` ${word}` : word)).join('');
}
