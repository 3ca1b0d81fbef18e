import { brand } from '../drawing/colours.js';
import type { Block, Page, Section } from '../page/page.js';
import { drawBlock } from './draw-blocks.js';
import { drawFacts, drawLines, drawText } from './draw-text.js';
import { Sheet } from './sheet.js';
import { styles } from './styles.js';

/** A heading is not left alone at the foot of a page: itself, and so much of what follows, has to fit there. */
const COMPANY: Readonly<Record<Exclude<Block['kind'], 'bars'>, number>> = {
  lines: 50,
  quote: 50,
  figures: 180,
  cards: 150,
  list: 80,
  table: 110,
  facts: 110,
};

/** Bars are compared with each other: they stay together. */
function companyOf(block: Block | undefined): number {
  if (!block) return 0;
  return block.kind === 'bars' ? 30 + 19 * block.rows.length : COMPANY[block.kind];
}

/** The report as PDF. The same page gives the same bytes, whenever and wherever it is rendered. */
export function renderPdf(page: Page): Promise<Buffer> {
  const sheet = new Sheet({ title: page.title, language: page.language, at: page.at });
  drawHeader(sheet, page);
  for (const section of page.sections) drawSection(sheet, section);
  if (sheet.missing) drawLines(sheet, [{ text: page.missingCharacters, muted: true }]);
  return sheet.finish((number, count) => [page.foot, page.pageNumber(number, count)], styles.label);
}

function drawHeader(sheet: Sheet, { eyebrow, heading, facts, language }: Page): void {
  const column = { x: sheet.left, width: sheet.width };
  drawText(sheet, eyebrow.toLocaleUpperCase(language), styles.eyebrow, column);
  drawText(sheet, heading, styles.title, column, 'H1');
  sheet.y += 6;
  drawFacts(sheet, facts);
  const y = sheet.y + 2;
  sheet.decoration(() => sheet.fill(`M${sheet.left} ${y}h${sheet.width}v2h-${sheet.width}Z`, brand));
  sheet.y += 16;
}

function drawSection(sheet: Sheet, { heading, blocks }: Section): void {
  sheet.within('Sect', () => {
    if (heading !== null) {
      sheet.y += 8;
      sheet.need(companyOf(blocks[0]));
      sheet.bookmark(heading);
      drawText(sheet, heading, styles.heading, { x: sheet.left, width: sheet.width }, 'H2');
      sheet.y += 4;
    }
    for (const block of blocks) drawBlock(sheet, block);
  });
}
