import fc from 'fast-check';
import { barDrawing } from '../../src/reports/drawing/bar.js';
import type { Drawing } from '../../src/reports/drawing/drawing.js';
import { gaugeDrawing } from '../../src/reports/drawing/gauge.js';
import { lineChartDrawing } from '../../src/reports/drawing/line-chart.js';

const words = { score: '0', below: 'of 100' };

/** Where the outlines of a drawing go, without the radii of their arcs. */
function corners({ shapes }: Drawing): number[][] {
  return shapes.flatMap((shape) => {
    if (shape.kind === 'text') return [[shape.x, shape.y]];
    return [...shape.d.matchAll(/([MLA])([-\d. ]+)/g)].map(([, , numbers = '']) =>
      numbers.trim().split(' ').slice(-2).map(Number),
    );
  });
}

function staysInside(drawing: Drawing): void {
  for (const [x = NaN, y = NaN] of corners(drawing)) {
    expect(x).toBeGreaterThanOrEqual(-1);
    expect(x).toBeLessThanOrEqual(drawing.width + 1);
    expect(y).toBeGreaterThanOrEqual(-1);
    expect(y).toBeLessThanOrEqual(drawing.height + 1);
  }
}

describe('drawings', () => {
  it('stay within their frames, whatever the score', () => {
    fc.assert(
      fc.property(fc.option(fc.double({ min: 0, max: 100, noNaN: true })), (score) => {
        staysInside(gaugeDrawing(score, 'good', words));
        staysInside(barDrawing(score === null ? null : score / 100, 'good'));
      }),
    );
  });

  it('stay within their frames, whatever the series', () => {
    const point = fc.record({
      at: fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true }),
      value: fc.double({ min: 0, max: 100, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(point, { minLength: 2, maxLength: 30 }), (points) => {
        const sorted = points.sort((a, b) => a.at.getTime() - b.at.getTime());
        staysInside(lineChartDrawing(sorted, [0, 100], { value: String, date: String }));
      }),
    );
  });

  it('show a higher score by a longer hand, and none for an unknown one', () => {
    const hand = (score: number | null) =>
      gaugeDrawing(score, 'good', words).shapes.filter(({ kind }) => kind === 'path').length;
    expect(hand(null)).toBe(1);
    expect(hand(0)).toBe(4);
    expect(hand(50)).toBe(5);
    const width = (share: number) =>
      Number(/H([\d.]+)/.exec((barDrawing(share, 'good').shapes[1] as { d: string }).d)?.[1]);
    expect(width(0.5)).toBeGreaterThan(width(0.25));
    expect(barDrawing(null, 'good').shapes).toEqual([expect.objectContaining({ dashed: true })]);
  });
});
