import { brand, brandTint, ink, mutedInk, rule } from './colours.js';
import { at, disc, type Drawing, type Shape } from './drawing.js';

const WIDTH = 250;
const HEIGHT = 112;
const PLOT = { left: 34, right: WIDTH - 12, top: 22, bottom: HEIGHT - 20 };
const LABEL_SIZE = 8.5;

export interface ChartPoint {
  readonly at: Date;
  readonly value: number;
  /** Its colour, when it has one of its own. */
  readonly colour?: string;
}

export interface ChartWords {
  /** A value as it stands at the axis and beside the last point. */
  readonly value: (value: number) => string;
  readonly date: (at: Date) => string;
}

/** Values over time, at least two of them, oldest first. The axes are true: time as it went by, values from `scale`. */
export function lineChartDrawing(
  points: readonly ChartPoint[],
  scale: readonly [lowest: number, highest: number],
  words: ChartWords,
): Drawing {
  const [lowest, highest] = scale;
  const first = points[0]?.at.getTime() ?? 0;
  const last = points.at(-1)?.at.getTime() ?? 0;
  const placed = points.map((point, index) => {
    const share = last > first ? (point.at.getTime() - first) / (last - first) : index / Math.max(1, points.length - 1);
    return {
      ...point,
      x: PLOT.left + 4 + share * (PLOT.right - PLOT.left - 8),
      y: PLOT.bottom - ((point.value - lowest) / (highest - lowest || 1)) * (PLOT.bottom - PLOT.top),
    };
  });
  const line = placed.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${at(x)} ${at(y)}`).join('');
  return {
    width: WIDTH,
    height: HEIGHT,
    shapes: [
      {
        kind: 'path',
        d: `${line}L${at(placed.at(-1)?.x ?? 0)} ${PLOT.bottom}L${at(placed[0]?.x ?? 0)} ${PLOT.bottom}Z`,
        fill: brandTint,
      },
      ...gridLine(PLOT.top, words.value(highest)),
      ...gridLine(PLOT.bottom, words.value(lowest)),
      { kind: 'path', d: line, stroke: brand, strokeWidth: 1.75 },
      ...placed.map(({ x, y, colour = brand }, index): Shape => {
        const isLast = index === placed.length - 1;
        return { kind: 'path', d: disc(x, y, isLast ? 3.6 : 2.2), fill: colour };
      }),
      ...lastValue(placed.at(-1), words),
      ...dates(points, words),
    ],
  };
}

function gridLine(y: number, text: string): Shape[] {
  return [
    { kind: 'path', d: `M${PLOT.left} ${y}H${PLOT.right}`, stroke: rule, strokeWidth: 0.75 },
    { kind: 'text', x: PLOT.left - 5, y: y + 3, size: LABEL_SIZE, anchor: 'end', text, colour: mutedInk },
  ];
}

function lastValue(last: { x: number; y: number; value: number } | undefined, words: ChartWords): Shape[] {
  if (!last) return [];
  return [
    {
      kind: 'text',
      x: last.x + 4,
      y: last.y - 7,
      size: 10,
      anchor: 'end',
      text: words.value(last.value),
      colour: ink,
      strong: true,
    },
  ];
}

function dates(points: readonly ChartPoint[], words: ChartWords): Shape[] {
  const y = HEIGHT - 6;
  const [from, to] = [points[0], points.at(-1)].map((point) => (point ? words.date(point.at) : ''));
  const style = { kind: 'text', y, size: LABEL_SIZE, colour: mutedInk } as const;
  const end: Shape = { ...style, x: PLOT.right, anchor: 'end', text: to ?? '' };
  return from === to ? [end] : [{ ...style, x: PLOT.left, anchor: 'start', text: from ?? '' }, end];
}
