import type { ReportLanguage } from '@techze/contracts';
import type { Formats } from '../words/formats.js';
import type { SectionName, Texts } from '../words/texts.js';
import type { Unseen, Why } from '../view/report-view.js';

/** How one language says it. */
export interface Wording {
  readonly language: ReportLanguage;
  readonly texts: Texts;
  readonly formats: Formats;
}

/** The name of a category or a section; one that nobody knows keeps its own. */
export function partName(part: string, { texts }: Wording): string {
  if (Object.hasOwn(texts.categories, part)) return texts.categories[part as keyof Texts['categories']];
  return Object.hasOwn(texts.sections, part) ? texts.sections[part as SectionName] : part;
}

export function whyText(why: Why, { texts }: Wording): string {
  return typeof why === 'string' ? texts.whys[why] : why.said;
}

export function unseenText({ part, why }: Unseen, wording: Wording): string {
  return wording.texts.unseenPart(partName(part, wording).toLocaleLowerCase(wording.language), whyText(why, wording));
}
