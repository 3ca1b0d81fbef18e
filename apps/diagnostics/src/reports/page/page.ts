import type { ReportLanguage } from '@techze/contracts';
import type { Tone } from '../drawing/colours.js';
import type { Drawing } from '../drawing/drawing.js';

/** A report in words, before it is HTML or PDF. Text is plain: whoever renders it, escapes it. */
export interface Page {
  readonly language: ReportLanguage;
  readonly title: string;
  readonly eyebrow: string;
  readonly heading: string;
  readonly facts: readonly Fact[];
  readonly sections: readonly Section[];
  /** At the foot of each printed page. */
  readonly foot: string;
  readonly pageNumber: (page: number, pages: number) => string;
  readonly missingCharacters: string;
  /** When the machine was diagnosed: also the date of the document, so that the same report is the same file. */
  readonly at: Date;
}

export interface Section {
  readonly heading: string | null;
  readonly blocks: readonly Block[];
}

export interface Fact {
  readonly label: string;
  readonly value: string;
}

/** A picture, what it says in words for whoever cannot see it, and what stands beneath it. */
export interface Figure {
  readonly drawing: Drawing;
  readonly label: string;
  readonly caption: string | null;
  /** Of the caption. */
  readonly tone?: Tone;
}

export interface Line {
  readonly text: string;
  readonly strong?: true;
  readonly muted?: true;
  readonly tone?: Tone;
}

export type Block =
  | { readonly kind: 'lines'; readonly lines: readonly Line[] }
  /** What a person wrote; its line breaks count. */
  | { readonly kind: 'quote'; readonly label: string; readonly text: string }
  /** Pictures side by side, and words beside them where there is room. */
  | { readonly kind: 'figures'; readonly figures: readonly Figure[]; readonly lines: readonly Line[] }
  | { readonly kind: 'bars'; readonly rows: readonly BarRow[] }
  | { readonly kind: 'cards'; readonly cards: readonly Card[] }
  | { readonly kind: 'list'; readonly heading: string; readonly tone: Tone; readonly items: readonly Item[] }
  | { readonly kind: 'table'; readonly head: Row; readonly rows: readonly Row[]; readonly foot: Row }
  | { readonly kind: 'facts'; readonly facts: readonly Fact[] };

export interface BarRow {
  readonly label: string;
  readonly drawing: Drawing;
  readonly value: string;
  readonly note: string | null;
}

/** One finding. */
export interface Card {
  readonly tone: Tone;
  readonly badge: string;
  readonly title: string;
  readonly points: string | null;
  readonly facts: readonly Fact[];
  /** What to do, which must not be overlooked. */
  readonly advice: Fact | null;
  readonly note: string;
}

export interface Item {
  readonly text: string;
  readonly note: string | null;
  readonly tone?: Tone;
}

/** What, how much of it, and what it costs: the last one is a number. */
export type Row = readonly [what: string, measured: string, points: string];
