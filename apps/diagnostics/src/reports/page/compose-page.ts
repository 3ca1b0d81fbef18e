import type { ReportLanguage } from '@techze/contracts';
import type { ReportView } from '../view/report-view.js';
import { Formats } from '../words/formats.js';
import { languages } from '../words/languages.js';
import { disksSection, overTimeSection } from './charts.sections.js';
import { comparisonSection } from './comparison.section.js';
import type { Fact, Page } from './page.js';
import { aboutSection, categoriesSection, deductionsSection, findingsSection } from './sections.js';
import { verdictSection } from './verdict.section.js';
import type { Wording } from './wording.js';

/** The report in the words of one language. */
export function composePage(view: ReportView, language: ReportLanguage): Page {
  const texts = languages[language];
  const wording: Wording = { language, texts, formats: new Formats(language, texts, view.timeZone) };
  const heading = view.machine.name ?? texts.unnamedMachine;
  return {
    language,
    title: texts.title(heading),
    eyebrow: texts.eyebrow,
    heading,
    facts: headFacts(view, wording),
    sections: [
      verdictSection(view, wording),
      ...(view.comparison ? [comparisonSection(view.comparison, wording)] : []),
      ...(view.categories.length > 0 ? [categoriesSection(view, wording)] : []),
      ...(view.verdict.score === null ? [] : [findingsSection(view, wording), ...deductionsSection(view, wording)]),
      ...disksSection(view, wording),
      ...overTimeSection(view, wording),
      aboutSection(view, wording),
    ],
    foot: `TechZe · ${view.id}`,
    pageNumber: texts.page,
    missingCharacters: texts.about.missingCharacters,
    at: view.at,
  };
}

function headFacts({ machine, at, type }: ReportView, { texts, formats }: Wording): Fact[] {
  const { facts } = texts;
  const rows: readonly (readonly [string, string | null])[] = [
    [facts.customer, machine.customer],
    [facts.site, machine.site],
    [facts.date, formats.dateTime(at)],
    [facts.model, machine.model],
    [facts.serial, machine.serial],
    [facts.os, machine.os],
    [facts.type, texts.types[type]],
  ];
  return rows.flatMap(([label, value]) => (value === null ? [] : [{ label, value }]));
}
