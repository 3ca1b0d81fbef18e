import { barDrawing } from '../drawing/bar.js';
import { toneOfScore, toneOfSeverity } from '../drawing/colours.js';
import type { CategoryView, FindingView, ReportView } from '../view/report-view.js';
import { evidenceFacts, fixOf, measuredOf, titleOf, trendText } from './finding-words.js';
import type { BarRow, Block, Card, Fact, Row, Section } from './page.js';
import { whyText, type Wording } from './wording.js';

export function categoriesSection({ categories }: ReportView, wording: Wording): Section {
  return {
    heading: wording.texts.headings.categories,
    blocks: [{ kind: 'bars', rows: categories.map((category) => categoryRow(category, wording)) }],
  };
}

function categoryRow({ name, score, weight, why }: CategoryView, wording: Wording): BarRow {
  const { texts, formats } = wording;
  return {
    label: texts.categories[name],
    drawing: barDrawing(score === null ? null : score / 100, score === null ? 'unknown' : toneOfScore(score)),
    value: score === null ? texts.noScore : formats.number(score),
    note: why === null ? texts.weight(formats.percent(weight)) : texts.notMeasured(whyText(why, wording)),
  };
}

export function findingsSection({ findings }: ReportView, wording: Wording): Section {
  const { texts } = wording;
  const cards = findings.shown.map((finding) => findingCard(finding, wording));
  const blocks: Block[] = cards.length > 0 ? [{ kind: 'cards', cards }] : [];
  const line = cards.length === 0 ? texts.nothingFound : findings.more > 0 ? texts.more(findings.more) : null;
  return {
    heading: texts.headings.findings,
    blocks: line === null ? blocks : [...blocks, { kind: 'lines', lines: [{ text: line }] }],
  };
}

function findingCard(finding: FindingView, wording: Wording): Card {
  const { texts, formats } = wording;
  const { code, severity, evidence, points, state, first_seen, occurrences, trend } = finding;
  const fix = fixOf(code, wording);
  const seen = texts.firstSeen(formats.date(new Date(first_seen)), occurrences);
  return {
    tone: toneOfSeverity[severity],
    badge: texts.severities[severity],
    title: titleOf(finding, wording),
    points: points > 0 ? texts.points(formats.lost(points)) : null,
    facts: evidenceFacts(evidence, wording),
    advice: fix === null ? null : { label: texts.fix, value: fix },
    note: [
      code,
      seen,
      ...(trend === null ? [] : [trendText(trend, wording)]),
      ...(state === 'open' ? [] : [texts.findingStates[state]]),
    ].join(' · '),
  };
}

/** Every point that was lost: what is told one by one, the rest, and the sum, which is 100 − score. */
export function deductionsSection({ deductions, verdict }: ReportView, wording: Wording): Section[] {
  const { texts, formats } = wording;
  const { shown, rest, total } = deductions;
  if (shown.length === 0) return [];
  const rows = shown.map(({ code, evidence, points }): Row => {
    const title = titleOf({ code, evidence }, wording);
    return [title, measuredOf(evidence, wording), formats.lost(points)];
  });
  const others: Row[] = rest === null ? [] : [[texts.deductions.rest(rest.count), '', formats.lost(rest.points)]];
  return [
    {
      heading: texts.headings.deductions,
      blocks: [
        {
          kind: 'table',
          head: [texts.deductions.what, texts.deductions.measured, texts.deductions.points],
          rows: [...rows, ...others],
          foot: [texts.deductions.total(formats.number(verdict.score ?? 0)), '', formats.lost(total)],
        },
      ],
    },
  ];
}

export function aboutSection(view: ReportView, { texts, formats }: Wording): Section {
  const { about } = texts;
  const moment = (at: Date | null) => (at === null ? null : formats.dateTime(at));
  const other = view.comparison && [view.comparison.before, view.comparison.after].find(({ id }) => id !== view.id);
  const rows: readonly (readonly [string, string | null])[] = [
    [about.diagnostic, view.id],
    [about.against, other?.id ?? null],
    [about.collected, moment(view.collectedAt)],
    [about.received, moment(view.receivedAt)],
    [about.scoring, view.scoringVersion],
    [about.agent, view.agentVersion],
  ];
  const facts = rows.flatMap(([label, value]): Fact[] => (value === null ? [] : [{ label, value }]));
  return {
    heading: texts.headings.about,
    blocks: [
      { kind: 'facts', facts },
      { kind: 'lines', lines: [{ text: about.statement, muted: true }] },
    ],
  };
}
