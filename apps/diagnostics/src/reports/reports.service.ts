import { Injectable } from '@nestjs/common';
import { AuditRecorder } from '@techze/audit';
import { idSchema, Problem, type Finding, type GetReport, type Report } from '@techze/contracts';
import { Database } from '@techze/database';
import type { EntityManager } from 'typeorm';
import { tenantOfCaller } from '../diagnostics/caller.js';
import { compareDiagnostics } from '../diagnostics/compare-diagnostics.js';
import type { DiagnosticRow } from '../diagnostics/diagnostic.entity.js';
import { DiagnosticsRepository } from '../diagnostics/diagnostics.repository.js';
import { isGone, readEvidence } from '../scoring/index.js';
import { fileName } from './file-name.js';
import { renderHtml } from './html/render-html.js';
import { contentSecurityPolicy } from './html/style.js';
import { composePage } from './page/compose-page.js';
import { renderPdf } from './pdf/render-pdf.js';
import { momentOf, type ReportFacts } from './report-facts.js';
import { ReportsRepository } from './reports.repository.js';
import { buildView } from './view/build-view.js';
import { isMeasured } from './view/comparison.js';
import { trendCodes } from './view/trend-codes.js';

const diagnosticId = idSchema('dgn');

/** A PDF does nothing of itself; what shows it may not load anything for it either. */
const PDF_POLICY = "default-src 'none'; frame-ancestors 'none'";

/** Makes the report that a shop hands to its customer. */
@Injectable()
export class ReportsService {
  constructor(
    private readonly database: Database,
    private readonly diagnostics: DiagnosticsRepository,
    private readonly reports: ReportsRepository,
    private readonly audit: AuditRecorder,
  ) {}

  /**
   * A report leaves the house: that is on record before it is answered, so it needs the primary.
   * @throws Problem `diagnostic-not-found` for either diagnostic, `validation-failed` where they are not two of one device
   */
  async render({ id, against, media_type, language }: GetReport): Promise<Report> {
    const facts = await this.database.write(async (manager) => {
      const known = await this.load(manager, id, against);
      await this.audit.record(manager, {
        event_type: 'EXPORT',
        resource_id: id,
        success: true,
        details: { format: media_type, language, ...(against !== undefined && { against }) },
      });
      return known;
    });
    const view = buildView(facts);
    const page = composePage(view, language);
    const about = { media_type, language, file_name: fileName(view, language, media_type) };
    return media_type === 'text/html'
      ? { ...about, content_security_policy: contentSecurityPolicy, encoding: 'utf8', body: renderHtml(page) }
      : {
          ...about,
          content_security_policy: PDF_POLICY,
          encoding: 'base64',
          body: (await renderPdf(page)).toString('base64'),
        };
  }

  private async load(manager: EntityManager, id: string, against: string | undefined): Promise<ReportFacts> {
    const tenantId = tenantOfCaller();
    const { diagnostic, other } = await this.findBoth(manager, tenantId, id, against);
    const machine = await this.reports.findMachine(manager, tenantId, diagnostic.device_id);
    if (!machine) throw new Problem('diagnostic-not-found');
    const sections = await this.diagnostics.findSections(manager, tenantId, id, false);
    return {
      diagnostic,
      machine,
      sections: Object.entries(sections).map(([name, { status }]) => ({ name, status })),
      past: await this.reports.findPast(manager, tenantId, diagnostic, trendCodes),
      against: other,
      isGone: other ? await this.partsGone(manager, tenantId, diagnostic, other) : () => false,
    };
  }

  private async findBoth(manager: EntityManager, tenantId: string, id: string, against: string | undefined) {
    const ids = against === undefined ? [id] : [id, against];
    if (!ids.every((each) => diagnosticId.safeParse(each).success)) throw new Problem('diagnostic-not-found');
    const rows = await this.diagnostics.findWithReadings(manager, tenantId, ids);
    const find = (wanted: string) => {
      const row = rows.find((each) => each.id === wanted);
      if (!row) throw new Problem('diagnostic-not-found');
      return row;
    };
    const diagnostic = find(id);
    const other = against === undefined ? null : find(against);
    if (other && other.device_id !== diagnostic.device_id) throw wrongAgainst('is a diagnostic of another device');
    if (other && other.id === diagnostic.id) throw wrongAgainst('must be another diagnostic than that of the path');
    return { diagnostic, other };
  }

  /**
   * Which parts the later of two diagnostics no longer lists. That is not stored, so its evidence is read again; but only
   * where a finding went that nothing was measured of, which is where a disk was replaced.
   */
  private async partsGone(manager: EntityManager, tenantId: string, one: DiagnosticRow, other: DiagnosticRow) {
    const [before, after] = momentOf(one) <= momentOf(other) ? [one, other] : [other, one];
    const { resolved, unobserved } = compareDiagnostics(before, after).findings;
    if ([...resolved, ...unobserved].every((finding) => isMeasured(after, finding))) return () => false;
    const sections = await this.diagnostics.findSections(manager, tenantId, after.id, true);
    const { parts } = readEvidence(sections, momentOf(after), { schemaVersion: after.schema_version });
    return ({ code, evidence }: Finding) => isGone({ parts }, { code, instance: evidence.instance });
  }
}

function wrongAgainst(detail: string): Problem {
  return new Problem('validation-failed', { errors: [{ pointer: '/against', detail }] });
}
