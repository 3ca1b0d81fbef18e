import type { ReportLanguage } from '@techze/contracts';
import { renderHtml } from '../../src/reports/html/render-html.js';
import { composePage } from '../../src/reports/page/compose-page.js';
import { renderPdf } from '../../src/reports/pdf/render-pdf.js';
import type { ReportFacts } from '../../src/reports/report-facts.js';
import { buildView } from '../../src/reports/view/build-view.js';

export function htmlOf(facts: ReportFacts, language: ReportLanguage = 'pt-BR'): string {
  return renderHtml(composePage(buildView(facts), language));
}

export function pdfOf(facts: ReportFacts, language: ReportLanguage = 'pt-BR'): Promise<Buffer> {
  return renderPdf(composePage(buildView(facts), language));
}
