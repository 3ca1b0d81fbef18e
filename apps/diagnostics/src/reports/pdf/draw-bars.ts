import type { BarRow } from '../page/page.js';
import { drawDrawing } from './draw-drawing.js';
import type { Sheet } from './sheet.js';
import { GAP, styles } from './styles.js';

const LABEL_WIDTH = 150;
/** Narrower than on a screen: what is said beside it needs its room. */
const SCALE = 0.75;
const VALUE_WIDTH = 42;

export function drawBars(sheet: Sheet, rows: readonly BarRow[]): void {
  sheet.within('Table', () => rows.forEach((row) => drawBar(sheet, row)));
  sheet.y += 4;
}

/** Name, bar, number, and what there is to say of it. */
function drawBar(sheet: Sheet, { label, drawing, value, note }: BarRow): void {
  const barX = sheet.left + LABEL_WIDTH + GAP;
  const valueEnd = barX + drawing.width * SCALE + VALUE_WIDTH;
  const noteX = valueEnd + 1.5 * GAP;
  const labels = sheet.wrap(label, styles.body, LABEL_WIDTH);
  const notes = note === null ? [] : sheet.wrap(note, styles.small, sheet.left + sheet.width - noteX);
  const height = Math.max(labels.length * styles.body.leading, notes.length * styles.small.leading);
  sheet.need(height);
  const { y } = sheet;
  sheet.within('TR', () => {
    sheet.piece('TH', () => sheet.lines(labels, { x: sheet.left, y }, styles.body));
    sheet.decoration(() => drawDrawing(sheet, drawing, { x: barX, y: y + 2.5 }, SCALE));
    sheet.piece('TD', () => sheet.lineUpTo(value, { x: valueEnd, y }, styles.strong));
    sheet.piece('TD', () => sheet.lines(notes, { x: noteX, y: y + 1 }, styles.small));
  });
  sheet.y = y + height + 3;
}
