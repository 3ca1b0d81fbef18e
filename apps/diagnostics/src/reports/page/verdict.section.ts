import { toneOfBand } from '../drawing/colours.js';
import { gaugeDrawing } from '../drawing/gauge.js';
import { stepDrawing } from '../drawing/step.js';
import type { ComparisonView, MomentView, ReportView } from '../view/report-view.js';
import type { Block, Figure, Line, Section } from './page.js';
import { unseenText, type Wording } from './wording.js';

/** The score, what it means, and how much of the machine it speaks of. */
export function verdictSection(view: ReportView, wording: Wording): Section {
  const { notes, comparison, verdict } = view;
  const figures = comparison ? comparisonFigures(comparison, wording) : [gauge(verdict, null, wording)];
  const lines = verdictLines(view, wording);
  const blocks: Block[] = comparison
    ? [
        { kind: 'figures', figures, lines: [] },
        { kind: 'lines', lines },
      ]
    : [{ kind: 'figures', figures, lines }];
  return {
    heading: null,
    blocks: notes === null ? blocks : [{ kind: 'quote', label: wording.texts.notes, text: notes }, ...blocks],
  };
}

function gauge(
  { score, band }: Pick<MomentView, 'score' | 'band'>,
  when: string | null,
  { texts, formats }: Wording,
): Figure {
  const figure = score === null ? texts.noScore : formats.number(score);
  const tone = toneOfBand[band];
  return {
    drawing: gaugeDrawing(score, tone, { score: figure, below: texts.outOf100 }),
    label: texts.gaugeLabel(score === null ? texts.unknown : figure, texts.bands[band]),
    caption: when === null ? texts.bands[band] : `${texts.bands[band]}\n${when}`,
    tone,
  };
}

function comparisonFigures({ before, after, delta }: ComparisonView, wording: Wording): Figure[] {
  const { texts, formats } = wording;
  const change = delta === null ? texts.noScore : formats.change(delta);
  const below = delta === null ? texts.compared.noDelta : texts.deductions.points.toLocaleLowerCase(wording.language);
  const tone = delta === null || delta === 0 ? 'unknown' : delta > 0 ? 'good' : 'bad';
  return [
    gauge(before, texts.compared.before(formats.date(before.at)), wording),
    {
      drawing: stepDrawing(change, below, tone),
      label: delta === null ? texts.compared.noDelta : texts.compared.delta(change),
      caption: null,
    },
    gauge(after, texts.compared.after(formats.date(after.at)), wording),
  ];
}

function verdictLines({ status, verdict, unseen, categories }: ReportView, wording: Wording): Line[] {
  const { texts, formats } = wording;
  const { score, band, critical, warnings, coverage } = verdict;
  if (categories.length === 0) return [{ text: texts.noEvidence(texts.statuses[status]), strong: true }];
  const counts = [
    critical > 0 ? formats.counted(critical, texts.criticals) : null,
    warnings > 0 ? formats.counted(warnings, texts.warnings) : null,
  ] as const;
  const parts = unseen.shown.map((each) => unseenText(each, wording));
  const list = [...parts, ...(unseen.more > 0 ? [texts.more(unseen.more)] : [])].join(', ');
  return [
    { text: score === null ? texts.nothingMeasured : texts.bandAdvice[band], strong: true, tone: toneOfBand[band] },
    ...(score === null ? [] : [{ text: critical + warnings > 0 ? texts.found(...counts) : texts.nothingFound }]),
    { text: texts.coverage(formats.percent(coverage)) },
    ...(list === '' ? [] : [{ text: texts.unseen(list), muted: true as const }]),
  ];
}
