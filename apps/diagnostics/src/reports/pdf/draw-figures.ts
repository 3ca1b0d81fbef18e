import { toneColours } from '../drawing/colours.js';
import type { Figure, Line } from '../page/page.js';
import { drawDrawing } from './draw-drawing.js';
import { drawLines } from './draw-text.js';
import type { Sheet } from './sheet.js';
import { GAP, inColour, styles } from './styles.js';

const CHARTS_PER_ROW = 2;
/** Two lines beneath a picture. */
const CAPTION_ROOM = 30;

/** Pictures side by side in their own size, words to the right of the first; charts by twos, as wide as the page lets them. */
export function drawFigures(sheet: Sheet, figures: readonly Figure[], lines: readonly Line[]): void {
  if (lines.length > 0) return drawBeside(sheet, figures, lines);
  if (figures.some(({ tone }) => tone !== undefined)) {
    drawRow(sheet, figures, spread(sheet, figures));
    return;
  }
  const width = (sheet.width - 2 * GAP) / CHARTS_PER_ROW;
  for (let index = 0; index < figures.length; index += CHARTS_PER_ROW) {
    const row = figures.slice(index, index + CHARTS_PER_ROW);
    const columns = row.map((_, position) => ({ x: sheet.left + position * (width + 2 * GAP), width }));
    drawRow(sheet, row, columns);
  }
}

interface Column {
  readonly x: number;
  readonly width: number;
}

/** In their own widths, with what is left shared out between them. */
function spread(sheet: Sheet, figures: readonly Figure[]): Column[] {
  const taken = figures.reduce((sum, { drawing }) => sum + drawing.width, 0);
  const gap = (sheet.width - taken) / (figures.length + 1);
  let x = sheet.left;
  return figures.map(({ drawing }) => {
    const column = { x: x + gap, width: drawing.width };
    x = column.x + column.width;
    return column;
  });
}

function drawBeside(sheet: Sheet, figures: readonly Figure[], lines: readonly Line[]): void {
  const columns = figures.map(({ drawing }) => ({ x: sheet.left, width: drawing.width }));
  const taken = Math.max(...columns.map(({ width }) => width)) + 28;
  const top = drawRow(sheet, figures, columns);
  const bottom = sheet.y;
  sheet.y = top + 14;
  drawLines(sheet, lines, { x: sheet.left + taken, width: sheet.width - taken });
  sheet.y = Math.max(sheet.y, bottom);
}

/** @returns where the row begins, which may be another page than before */
function drawRow(sheet: Sheet, figures: readonly Figure[], columns: readonly Column[]): number {
  const heights = figures.map(({ drawing }, index) => drawing.height * ((columns[index]?.width ?? 0) / drawing.width));
  sheet.need(Math.max(...heights) + CAPTION_ROOM);
  const top = sheet.y;
  const ends = figures.map((figure, index) => drawFigure(sheet, figure, columns[index] ?? { x: 0, width: 0 }, top));
  sheet.y = Math.max(...ends) + GAP;
  return top;
}

/** @returns where it ends */
function drawFigure(
  sheet: Sheet,
  { drawing, label, caption, tone }: Figure,
  { x, width }: Column,
  top: number,
): number {
  const scale = width / drawing.width;
  const bottom = top + drawing.height * scale + 2;
  const style = inColour(tone ? styles.subheading : styles.badge, tone && toneColours[tone]);
  const lines = caption === null ? [] : sheet.wrap(caption, style, width);
  sheet.piece('Figure', () => drawDrawing(sheet, drawing, { x, y: top }, scale), label);
  if (lines.length > 0) {
    sheet.piece('Caption', () => {
      lines.forEach((line, row) => {
        const left = x + (width - sheet.widthOf(line, style)) / 2;
        sheet.lines([line], { x: left, y: bottom + row * style.leading }, style);
      });
    });
  }
  return bottom + lines.length * style.leading;
}
