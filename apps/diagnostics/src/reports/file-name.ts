import type { ReportLanguage, ReportMediaType } from '@techze/contracts';
import type { ReportView } from './view/report-view.js';
import { languages } from './words/languages.js';

const extensions: Readonly<Record<ReportMediaType, string>> = { 'text/html': 'html', 'application/pdf': 'pdf' };
const NAME_MAX_CHARS = 40;

/** What the file is called when it is saved: plain ASCII, so that no header, shell or disk can stumble over it. */
export function fileName(view: ReportView, language: ReportLanguage, mediaType: ReportMediaType): string {
  // The English of Canada writes a date as it sorts.
  const date = new Intl.DateTimeFormat('en-CA', { timeZone: view.timeZone, dateStyle: 'short' }).format(view.at);
  const machine = slug(view.machine.name ?? '') || view.id;
  return `${languages[language].filePrefix}-${machine}-${date}.${extensions[mediaType]}`;
}

function slug(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, NAME_MAX_CHARS)
    .replace(/^-+|-+$/g, '');
}
