import { barDrawing } from '../drawing/bar.js';
import { toneColours, toneOfScore, toneOfSeverity } from '../drawing/colours.js';
import { lineChartDrawing } from '../drawing/line-chart.js';
import { checks } from '../../scoring/index.js';
import type { ReportView, Trend } from '../view/report-view.js';
import type { Figure, Section } from './page.js';
import type { Wording } from './wording.js';

/** How full each file system is. */
export function disksSection({ mounts }: ReportView, { texts, formats }: Wording): Section[] {
  if (mounts.shown.length === 0) return [];
  const rows = mounts.shown.map(({ mount, usedPercent, severity }) => ({
    label: mount,
    drawing: barDrawing(usedPercent / 100, severity === null ? 'good' : toneOfSeverity[severity]),
    value: formats.percent(usedPercent / 100),
    note: null,
  }));
  return [
    {
      heading: texts.headings.disks,
      blocks: [
        { kind: 'bars', rows },
        ...(mounts.more > 0 ? [{ kind: 'lines' as const, lines: [{ text: texts.more(mounts.more) }] }] : []),
      ],
    },
  ];
}

/** The score and what wears out, where there are at least two points to draw a line through. */
export function overTimeSection(view: ReportView, wording: Wording): Section[] {
  const figures = [...historyFigure(view, wording), ...view.trends.map((trend) => trendFigure(trend, wording))];
  if (figures.length === 0) return [];
  return [{ heading: wording.texts.headings.overTime, blocks: [{ kind: 'figures', figures, lines: [] }] }];
}

function historyFigure({ history }: ReportView, { texts, formats }: Wording): Figure[] {
  const [first, last] = [history[0], history.at(-1)];
  if (!first || !last || history.length < 2) return [];
  const points = history.map(({ at, score }) => ({ at, value: score, colour: toneColours[toneOfScore(score)] }));
  return [
    {
      drawing: lineChartDrawing(points, [0, 100], {
        value: (value) => formats.number(value),
        date: (at) => formats.date(at),
      }),
      label: texts.charts.historyLabel(formats.number(first.score), formats.number(last.score), history.length),
      caption: texts.charts.history,
    },
  ];
}

function trendFigure({ code, instance, points }: Trend, { texts, formats }: Wording): Figure {
  const { unit } = checks[code];
  const short = (value: number) => (unit === '%' ? formats.percent(value / 100) : formats.number(value));
  const title = instance === null ? texts.charts.trends[code] : `${texts.charts.trends[code]} · ${instance}`;
  const highest = unit === '%' ? 100 : roundAbove(Math.max(...points.map(({ value }) => value)));
  return {
    drawing: lineChartDrawing(points, [0, highest], { value: short, date: (at) => formats.date(at) }),
    label: texts.charts.trendLabel(title, short(points[0]?.value ?? 0), short(points.at(-1)?.value ?? 0)),
    caption: title,
  };
}

/** The next of 1, 2, 5, 10, 20 … : a scale that people can read. */
function roundAbove(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, value)));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value) ?? value;
}
