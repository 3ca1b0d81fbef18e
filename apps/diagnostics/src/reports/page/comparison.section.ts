import type { Tone } from '../drawing/colours.js';
import type { Bounded, ChangedView, ComparisonView, FindingView } from '../view/report-view.js';
import { measuredOf, titleOf } from './finding-words.js';
import type { Block, Item, Section } from './page.js';
import type { Wording } from './wording.js';

/** What became of each finding between two diagnostics. */
export function comparisonSection(comparison: ComparisonView, wording: Wording): Section {
  const { compared, headings } = wording.texts;
  const { resolved, gone, opened, changed, unchanged, unmeasured } = comparison;
  const found = (finding: FindingView): Item => ({ text: titleOf(finding, wording), note: null });
  const blocks = [
    list(
      compared.resolved,
      'good',
      resolved,
      ({ finding, now }) => ({
        ...found(finding),
        note: now === null ? null : compared.now(measuredOf({ ...finding.evidence, value: now }, wording)),
      }),
      wording,
    ),
    list(compared.gone, 'good', gone, found, wording),
    list(
      compared.opened,
      'bad',
      opened,
      ({ finding, measuredBefore }) => ({
        ...found(finding),
        note: measuredBefore ? null : compared.openedUnmeasured,
      }),
      wording,
    ),
    list(compared.changed, 'fair', changed, (pair) => changedItem(pair, wording), wording),
    list(compared.unchanged, 'unknown', unchanged, found, wording),
    list(compared.unmeasured, 'unknown', unmeasured, found, wording),
  ].flat();
  const note: Block = { kind: 'lines', lines: [{ text: compared.unmeasuredNote, muted: true }] };
  return {
    heading: headings.comparison,
    blocks:
      blocks.length === 0
        ? [{ kind: 'lines', lines: [{ text: compared.nothing }] }]
        : [...blocks, ...(unmeasured.shown.length > 0 ? [note] : [])],
  };
}

function list<Row>(
  heading: string,
  tone: Tone,
  { shown, more }: Bounded<Row>,
  toItem: (row: Row) => Item,
  { texts }: Wording,
): Block[] {
  if (shown.length === 0) return [];
  const rest: Item[] = more > 0 ? [{ text: texts.more(more), note: null }] : [];
  return [{ kind: 'list', heading, tone, items: [...shown.map(toItem), ...rest] }];
}

function changedItem({ before, after, direction }: ChangedView, wording: Wording): Item {
  const { compared, severities } = wording.texts;
  const [from, to] = [before, after].map(({ evidence, severity }) =>
    before.severity === after.severity
      ? measuredOf(evidence, wording)
      : `${measuredOf(evidence, wording)} (${severities[severity]})`,
  );
  const change = compared.became(from ?? '', to ?? '');
  const tone: Tone = direction === 'better' ? 'good' : direction === 'worse' ? 'bad' : 'unknown';
  return {
    text: titleOf(after, wording),
    note: direction === 'other' ? change : `${compared[direction]}: ${change}`,
    tone,
  };
}
