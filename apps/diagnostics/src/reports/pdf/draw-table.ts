import { ink, rule } from '../drawing/colours.js';
import type { Row } from '../page/page.js';
import type { Sheet, TextStyle } from './sheet.js';
import { GAP, styles } from './styles.js';

/** Shares of the width; the number at the end needs the rest. */
const WHAT = 0.6;
const MEASURED = 0.26;
const PADDING = 3;

export function drawTable(sheet: Sheet, head: Row, rows: readonly Row[], foot: Row): void {
  const drawHead = () => drawRow(sheet, head, styles.label, 'TH');
  sheet.within('Table', () => {
    sheet.need(4 * styles.body.leading);
    drawHead();
    for (const row of rows) {
      // On a further page a table says again what its columns are.
      if (sheet.need(heightOf(sheet, row, styles.body))) drawHead();
      drawRow(sheet, row, styles.body, 'TD');
    }
    sheet.need(heightOf(sheet, foot, styles.strong));
    line(sheet, ink, 1.25);
    drawRow(sheet, foot, styles.strong, 'TD');
  });
  sheet.y += GAP;
}

function cellsOf(sheet: Sheet, [what, measured]: Row, style: TextStyle): [what: string[], measured: string[]] {
  return [sheet.wrap(what, style, sheet.width * WHAT - GAP), sheet.wrap(measured, style, sheet.width * MEASURED - GAP)];
}

function heightOf(sheet: Sheet, row: Row, style: TextStyle): number {
  return Math.max(...cellsOf(sheet, row, style).map((lines) => lines.length)) * style.leading + 2 * PADDING;
}

function drawRow(sheet: Sheet, row: Row, style: TextStyle, tag: 'TH' | 'TD'): void {
  const [what, measured] = cellsOf(sheet, row, style);
  const y = sheet.y + PADDING;
  sheet.within('TR', () => {
    sheet.piece(tag, () => sheet.lines(what, { x: sheet.left, y }, style));
    sheet.piece(tag, () => sheet.lines(measured, { x: sheet.left + sheet.width * WHAT, y }, style));
    sheet.piece(tag, () => sheet.lineUpTo(row[2], { x: sheet.left + sheet.width, y }, style));
  });
  sheet.y += heightOf(sheet, row, style);
  line(sheet, rule, 0.5);
}

function line(sheet: Sheet, colour: string, thickness: number): void {
  const { y } = sheet;
  sheet.decoration(() => sheet.fill(`M${sheet.left} ${y}h${sheet.width}v${thickness}h-${sheet.width}Z`, colour));
}
