import type { Band, Severity } from '@techze/contracts';

/** What something is to the reader. */
export type Tone = 'good' | 'fair' | 'poor' | 'bad' | 'unknown';

/** Dark enough to be read as text on white (WCAG AA), and told apart in grey by their places and words, never by colour alone. */
export const toneColours: Readonly<Record<Tone, string>> = {
  good: '#157347',
  fair: '#a15c00',
  poor: '#c2410c',
  bad: '#b42318',
  unknown: '#5b6675',
};

/** The same as backgrounds. */
export const toneTints: Readonly<Record<Tone, string>> = {
  good: '#e7f5ee',
  fair: '#fdf3e1',
  poor: '#fdeee4',
  bad: '#fdecea',
  unknown: '#f1f4f7',
};

/** And as the ground of a dial, between the two. */
export const toneTracks: Readonly<Record<Tone, string>> = {
  good: '#cfe8da',
  fair: '#f5e2bd',
  poor: '#f8d9c4',
  bad: '#f5cfcb',
  unknown: '#e6ebf0',
};

export const ink = '#16202c';
export const mutedInk = '#5b6675';
export const rule = '#dde3ea';
export const track = '#e6ebf0';
export const brand = '#1d4f91';
export const brandTint = '#eaf0f8';

export const toneOfBand: Readonly<Record<Band, Tone>> = {
  healthy: 'good',
  attention: 'fair',
  poor: 'poor',
  critical: 'bad',
  unknown: 'unknown',
};

export const toneOfSeverity: Readonly<Record<Severity, Tone>> = { info: 'unknown', warning: 'fair', critical: 'bad' };

/** A score is coloured like the band that it would be in. */
export function toneOfScore(score: number): Tone {
  if (score >= 80) return 'good';
  if (score >= 50) return 'fair';
  return score >= 25 ? 'poor' : 'bad';
}
