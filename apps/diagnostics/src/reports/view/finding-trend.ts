import { printable } from './printable.js';
import type { FindingTrend } from './report-view.js';

const SAID_MAX_CHARS = 60;
const TREND = /^(?:stable for|changed in|([+-]\d+(?:\.\d+)?) in) (\d+) (d|h|min)$/;

const units = { d: 'day', h: 'hour', min: 'minute' } as const;

/** Where a finding's value goes: the findings' English as numbers, so that every language can say it. */
export function trendOfFinding(text: string | null): FindingTrend | null {
  if (text === null) return null;
  const [, by, length, unit] = TREND.exec(text) ?? [];
  if (length === undefined || unit === undefined) return { said: printable(text, SAID_MAX_CHARS) };
  const span = { length: Number(length), unit: units[unit as keyof typeof units] };
  if (by !== undefined) return { kind: 'moved', by: Number(by), span };
  return { kind: text.startsWith('stable') ? 'stable' : 'changed', span };
}
