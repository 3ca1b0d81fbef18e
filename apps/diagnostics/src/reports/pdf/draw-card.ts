import { brand, rule, toneColours, toneTints, type Tone } from '../drawing/colours.js';
import { roundedBar } from '../drawing/drawing.js';
import type { Card, Fact } from '../page/page.js';
import { drawFacts } from './draw-text.js';
import type { Sheet } from './sheet.js';
import { GAP, inColour, styles } from './styles.js';

const INSET = 14;
const PADDING = 9;
const BADGE_HEIGHT = 14;

/** One finding in a frame, which is never parted: what it is, what was measured, what to do. */
export function drawCard(sheet: Sheet, card: Card): void {
  const inner = { x: sheet.left + INSET, width: sheet.width - 2 * INSET };
  const badgeWidth = sheet.widthOf(card.badge, styles.badge) + 14;
  const pointsWidth = card.points === null ? 0 : sheet.widthOf(card.points, styles.strong) + GAP;
  const title = sheet.wrap(card.title, styles.subheading, inner.width - badgeWidth - GAP - pointsWidth);
  const [measured, others] = [card.facts.slice(0, 2), card.facts.slice(2)];
  const advice = card.advice && sheet.wrap(`${card.advice.label}: ${card.advice.value}`, styles.body, inner.width - 16);
  const note = sheet.wrap(card.note, styles.small, inner.width);
  const titleHeight = Math.max(title.length * styles.subheading.leading, BADGE_HEIGHT);
  const adviceHeight = advice ? advice.length * styles.body.leading + 8 : 0;
  const height =
    2 * PADDING +
    titleHeight +
    5 +
    rowHeight(sheet, measured, others, inner.width) +
    adviceHeight +
    6 +
    note.length * styles.small.leading;
  sheet.need(height);
  const top = sheet.y;
  frame(sheet, top, height, card.tone);
  sheet.within('Sect', () => {
    const y = top + PADDING;
    badge(sheet, card.badge, card.tone, inner.x, y, badgeWidth);
    sheet.piece('H3', () => sheet.lines(title, { x: inner.x + badgeWidth + GAP, y: y + 0.5 }, styles.subheading));
    const { points } = card;
    if (points !== null) {
      sheet.piece('P', () => sheet.lineUpTo(points, { x: inner.x + inner.width, y: y + 1 }, styles.strong));
    }
    sheet.y = y + titleHeight + 5;
    drawCardFacts(sheet, measured, others, inner);
    if (advice) drawAdvice(sheet, advice, inner, adviceHeight);
    const noteY = sheet.y + 6;
    sheet.piece('P', () => sheet.lines(note, { x: inner.x, y: noteY }, styles.small));
  });
  sheet.y = top + height + 8;
}

/** What was measured and its limit are short, the source and the details are not: a third of the width, and the rest. */
function split(width: number): { narrow: number; wide: number } {
  return { narrow: width * 0.42 - 2 * GAP, wide: width * 0.58 };
}

function drawCardFacts(
  sheet: Sheet,
  measured: readonly Fact[],
  others: readonly Fact[],
  { x, width }: { x: number; width: number },
): void {
  const { narrow, wide } = split(width);
  const top = sheet.y;
  drawFacts(sheet, measured, { x, width: narrow }, 2);
  const bottom = sheet.y;
  sheet.y = top;
  drawFacts(sheet, others, { x: x + width - wide, width: wide }, 1);
  sheet.y = Math.max(sheet.y, bottom);
}

function rowHeight(sheet: Sheet, measured: readonly Fact[], others: readonly Fact[], width: number): number {
  const { narrow, wide } = split(width);
  const cell = ({ label, value }: Fact, room: number) =>
    sheet.wrap(label, styles.label, room).length * styles.label.leading +
    sheet.wrap(value, styles.body, room).length * styles.body.leading +
    5;
  const half = (narrow - 2 * GAP) / 2;
  return Math.max(
    ...measured.map((fact) => cell(fact, half)),
    others.reduce((sum, fact) => sum + cell(fact, wide), 0),
  );
}

function frame(sheet: Sheet, y: number, height: number, tone: Tone): void {
  sheet.decoration(() => {
    sheet.stroke(`M${sheet.left} ${y}h${sheet.width}v${height}h-${sheet.width}Z`, rule, 0.75);
    sheet.fill(`M${sheet.left} ${y}h4v${height}h-4Z`, toneColours[tone]);
  });
}

function badge(sheet: Sheet, text: string, tone: Tone, x: number, y: number, width: number): void {
  sheet.decoration(() => sheet.fill(roundedBar(x, y, width, BADGE_HEIGHT), toneTints[tone]));
  sheet.piece('P', () => sheet.lines([text], { x: x + 7, y: y + 2.4 }, inColour(styles.badge, toneColours[tone])));
}

function drawAdvice(
  sheet: Sheet,
  lines: readonly string[],
  { x, width }: { x: number; width: number },
  height: number,
): void {
  const { y } = sheet;
  sheet.decoration(() => {
    sheet.fill(`M${x} ${y}h${width}v${height}h-${width}Z`, '#f3f6fb');
    sheet.fill(`M${x} ${y}h2v${height}h-2Z`, brand);
  });
  sheet.piece('P', () => sheet.lines(lines, { x: x + 8, y: y + 4 }, styles.body));
  sheet.y = y + height;
}
