import { Injectable } from '@nestjs/common';
import { idSchema, Problem, type FindingDetail, type FindingPage, type GetFinding } from '@techze/contracts';
import { Database } from '@techze/database';
import { Cursors, toPage } from '@techze/paging';
import { tenantOfCaller } from '../diagnostics/caller.js';
import { toTransition } from './finding-transition.entity.js';
import { FindingsRepository, type FindingFilters } from './findings.repository.js';
import { toDeviceFinding } from './shown-finding.js';

const LIST = 'findings';
const TRANSITIONS_SHOWN = 50;
const findingId = idSchema('fnd');

/** Shows findings as they stand now. */
@Injectable()
export class FindingReads {
  constructor(
    private readonly database: Database,
    private readonly findings: FindingsRepository,
    private readonly cursors: Cursors,
  ) {}

  /** @throws Problem `finding-not-found`, the same for an unknown id and for another tenant's */
  async get({ id }: GetFinding): Promise<FindingDetail> {
    if (!findingId.safeParse(id).success) throw new Problem('finding-not-found');
    const tenantId = tenantOfCaller();
    const [row, transitions] = await this.database.read((manager) =>
      Promise.all([
        this.findings.find(manager, tenantId, id),
        this.findings.transitions(manager, tenantId, id, TRANSITIONS_SHOWN),
      ]),
    );
    if (!row) throw new Problem('finding-not-found');
    return { ...toDeviceFinding(row), transitions: transitions.map(toTransition) };
  }

  async list({
    limit,
    cursor,
    ...filters
  }: FindingFilters & { limit: number; cursor?: string | undefined }): Promise<FindingPage> {
    const after = cursor === undefined ? undefined : this.cursors.decode(LIST, cursor);
    const rows = await this.database.read((manager) =>
      this.findings.list(manager, tenantOfCaller(), filters, limit, after),
    );
    const { data, page } = toPage(rows, limit, LIST, this.cursors, ({ created_at, id }) => ({
      createdAt: created_at.toISOString(),
      id,
    }));
    return { data: data.map(toDeviceFinding), page };
  }
}
