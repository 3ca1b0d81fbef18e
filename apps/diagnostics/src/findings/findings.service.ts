import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { MaintenanceWindowsService } from '../maintenance-windows/maintenance-windows.service.js';
import { advance, type DiagnosticSight } from './advance.js';
import { FindingRecords } from './finding-records.js';
import type { FindingRow } from './finding.entity.js';
import { FindingsRepository, type FindingHistory } from './findings.repository.js';
import { trendOf } from './life/index.js';

const NONE: ReadonlySet<string> = new Set();

/** What diagnostics make of the findings of their device. */
@Injectable()
export class FindingsService {
  constructor(
    private readonly findings: FindingsRepository,
    private readonly windows: MaintenanceWindowsService,
    private readonly records: FindingRecords,
  ) {}

  /**
   * Notes what a diagnostic shows, in the caller's transaction, in which the device is locked (DevicesService.resolve): its
   * diagnostics follow one another. One that shows nothing, of a device without unsettled findings, costs one statement.
   *
   * A diagnostic may be older than others of its device. Of checks that a newer one has judged it only counts; of the others
   * it is the newest word there is.
   * @returns the findings that it shows, and those that it changed, by key
   */
  async note(manager: EntityManager, sight: DiagnosticSight): Promise<Map<string, FindingHistory>> {
    const { tenantId, deviceId, siteId, tags, seenAt, newestSeenAt, scoring } = sight;
    const keys = scoring.findings.map(({ key }) => key);
    const known = await this.findings.findToAdvance(manager, tenantId, deviceId, keys);
    if (known.length === 0 && keys.length === 0) return new Map();
    const [windows, judgedSince] = await Promise.all([
      this.windows.covering(manager, tenantId, { deviceId, siteId, tags }, seenAt),
      newestSeenAt && newestSeenAt > seenAt
        ? this.findings.codesJudgedSince(manager, tenantId, deviceId, seenAt)
        : NONE,
    ]);
    const changes = advance(known, sight, { windows, judgedSince });
    await this.records.write(manager, changes);
    return new Map(changes.map(({ row }) => [row.key, toHistory(row)]));
  }
}

function toHistory(row: FindingRow): FindingHistory {
  const { id, key, state, first_seen, last_seen, occurrences, code, samples, acknowledgement } = row;
  return { id, key, state, first_seen, last_seen, occurrences, trend: trendOf(code, samples), acknowledgement };
}
