import type { Block } from '../page/page.js';
import { drawBars } from './draw-bars.js';
import { drawCard } from './draw-card.js';
import { drawFigures } from './draw-figures.js';
import { drawList } from './draw-list.js';
import { drawTable } from './draw-table.js';
import { drawFacts, drawLines, drawQuote } from './draw-text.js';
import type { Sheet } from './sheet.js';

export function drawBlock(sheet: Sheet, block: Block): void {
  switch (block.kind) {
    case 'lines':
      return drawLines(sheet, block.lines);
    case 'quote':
      return drawQuote(sheet, block.label, block.text);
    case 'figures':
      return drawFigures(sheet, block.figures, block.lines);
    case 'bars':
      return drawBars(sheet, block.rows);
    case 'cards':
      return block.cards.forEach((card) => drawCard(sheet, card));
    case 'list':
      return drawList(sheet, block.heading, block.tone, block.items);
    case 'table':
      return drawTable(sheet, block.head, block.rows, block.foot);
    case 'facts':
      return drawFacts(sheet, block.facts, { x: sheet.left, width: sheet.width }, 2);
  }
}
