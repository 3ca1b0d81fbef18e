import type { Evidence } from '@techze/contracts';
import { fixesOf, isCheckCode, titlesOf } from '../../scoring/index.js';
import { printable } from '../view/printable.js';
import type { FindingTrend, FindingView } from '../view/report-view.js';
import type { Fact } from './page.js';
import type { Wording } from './wording.js';

const TITLE_MAX_CHARS = 300;

/** The title in the reader's language; of a check that exists no more, the one it was stored with. */
export function titleOf(
  finding: Pick<FindingView, 'code' | 'evidence'> & { title?: string },
  { language }: Wording,
): string {
  const known = isCheckCode(finding.code) || fixesOf(finding.code) !== undefined;
  const title = known ? titlesOf(finding)[language] : (finding.title ?? finding.code);
  return printable(title, TITLE_MAX_CHARS);
}

export function fixOf(code: string, { language }: Wording): string | null {
  return fixesOf(code)?.[language] ?? null;
}

export function measuredOf({ value, unit }: Evidence, { formats }: Wording): string {
  return formats.value(value, unit);
}

/** Measured, limit, where the limit comes from, and what else was seen. */
export function evidenceFacts(evidence: Evidence, wording: Wording): Fact[] {
  const { texts, formats } = wording;
  const { unit, threshold, source, detail } = evidence;
  return [
    { label: texts.measured, value: measuredOf(evidence, wording) },
    ...(threshold === null
      ? []
      : [
          {
            label: typeof threshold === 'number' ? texts.limit : texts.expected,
            value: formats.value(threshold, unit),
          },
        ]),
    { label: texts.source, value: sourceOf(source) },
    ...(detail === undefined || detail === '' ? [] : [{ label: texts.detail, value: detail }]),
  ];
}

/** Where its value goes. */
export function trendText(trend: FindingTrend, { texts, formats }: Wording): string {
  if ('said' in trend) return trend.said;
  const span = formats.span(trend.span);
  if (trend.kind === 'moved') return texts.movedBy(formats.change(trend.by), span);
  return trend.kind === 'stable' ? texts.stable(span) : texts.changedWithin(span);
}

/** `[P]` marks our own choice in the table of checks; a customer knows us by name. */
function sourceOf(source: string): string {
  return source.replaceAll('[P]', 'TechZe:');
}
