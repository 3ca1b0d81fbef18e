import { brand, toneColours } from '../drawing/colours.js';
import type { Fact, Line } from '../page/page.js';
import type { Sheet, TextStyle } from './sheet.js';
import { GAP, inColour, styles } from './styles.js';

const STRIPE_WIDTH = 3.5;
const STRIPE_INSET = 14;

/** From where to how far a text runs. */
export interface Column {
  readonly x: number;
  readonly width: number;
}

/** Lines of a paragraph that are not parted. */
const KEPT_LINES = 3;

/** A paragraph; what does not fit goes on to the next page. */
export function drawText(sheet: Sheet, text: string, style: TextStyle, { x, width }: Column, tag = 'P'): void {
  const lines = sheet.wrap(text, style, width);
  while (lines.length > 0) {
    sheet.need(style.leading * Math.min(lines.length, KEPT_LINES));
    const fitting = lines.splice(0, sheet.roomFor(style.leading));
    const { y } = sheet;
    sheet.piece(tag, () => sheet.lines(fitting, { x, y }, style));
    sheet.y += fitting.length * style.leading;
  }
}

export function drawLines(sheet: Sheet, lines: readonly Line[], column: Column = wholeWidth(sheet)): void {
  for (const line of lines) {
    drawText(sheet, line.text, styleOf(line), column);
    sheet.y += 3;
  }
}

function styleOf({ strong, muted, tone }: Line): TextStyle {
  const base = strong ? styles.verdict : muted ? styles.muted : styles.body;
  return inColour(base, tone && toneColours[tone]);
}

/** What a person wrote, line by line. */
export function drawQuote(sheet: Sheet, label: string, text: string): void {
  sheet.within('BlockQuote', () => {
    drawStriped(sheet, label, inColour(styles.badge, brand), brand);
    for (const line of text.split('\n')) drawStriped(sheet, line, styles.body, brand);
  });
  sheet.y += 14;
}

/** Text beside a coloured stripe, on as many pages as it takes. */
export function drawStriped(sheet: Sheet, text: string, style: TextStyle, colour: string, tag = 'P'): void {
  const column = { x: sheet.left + STRIPE_INSET, width: sheet.width - STRIPE_INSET };
  for (const line of sheet.wrap(text, style, column.width)) {
    sheet.need(style.leading);
    const { y } = sheet;
    // A hair longer than the line, so that no gap shows between two.
    const height = style.leading + 0.2;
    sheet.decoration(() => sheet.fill(`M${sheet.left} ${y}h${STRIPE_WIDTH}v${height}h-${STRIPE_WIDTH}Z`, colour));
    sheet.piece(tag, () => sheet.lines([line], { x: column.x, y }, style));
    sheet.y += style.leading;
  }
}

/** Label over value, three in a row or as many as asked for. */
export function drawFacts(sheet: Sheet, facts: readonly Fact[], { x, width } = wholeWidth(sheet), perRow = 3): void {
  const gap = 2 * GAP;
  const column = (width - (perRow - 1) * gap) / perRow;
  for (let index = 0; index < facts.length; index += perRow) {
    const cells = facts.slice(index, index + perRow).map(({ label, value }) => ({
      label: sheet.wrap(label, styles.label, column),
      value: sheet.wrap(value, styles.body, column),
    }));
    const labels = Math.max(...cells.map(({ label }) => label.length)) * styles.label.leading;
    const values = Math.max(...cells.map(({ value }) => value.length)) * styles.body.leading;
    sheet.need(labels + values);
    const { y } = sheet;
    cells.forEach(({ label, value }, position) => {
      const left = x + position * (column + gap);
      sheet.piece('P', () => {
        sheet.lines(label, { x: left, y }, styles.label);
        sheet.lines(value, { x: left, y: y + labels }, styles.body);
      });
    });
    sheet.y = y + labels + values + 5;
  }
}

function wholeWidth({ left, width }: Sheet): Column {
  return { x: left, width };
}
