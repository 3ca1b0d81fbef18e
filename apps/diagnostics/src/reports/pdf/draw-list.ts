import { toneColours, type Tone } from '../drawing/colours.js';
import type { Item } from '../page/page.js';
import { drawStriped } from './draw-text.js';
import type { Sheet } from './sheet.js';
import { inColour, styles } from './styles.js';

/** A heading and what belongs under it, beside a stripe of its colour. */
export function drawList(sheet: Sheet, heading: string, tone: Tone, items: readonly Item[]): void {
  const colour = toneColours[tone];
  // A heading never stands alone at the foot of a page.
  sheet.need(styles.subheading.leading + 2 * styles.body.leading);
  drawStriped(sheet, heading, inColour(styles.subheading, colour), colour, 'H3');
  sheet.within('L', () => {
    for (const { text, note } of items) {
      drawStriped(sheet, `•  ${note === null ? text : `${text} – ${note}`}`, styles.body, colour, 'LI');
    }
  });
  sheet.y += 10;
}
