import { Injectable } from '@nestjs/common';
import { AuditRecorder } from '@techze/audit';
import {
  idSchema,
  newId,
  Problem,
  requireVersion,
  type CreateSite,
  type CreatedSite,
  type Site,
  type SitePage,
  type DeleteSite,
  type GetSite,
  type IfMatch,
  type ListSitesQuery,
  type PatchSite,
} from '@techze/contracts';
import { Database } from '@techze/database';
import { IdempotencyKeys } from '@techze/idempotency';
import { Cursors, toPage } from '@techze/paging';
import type { EntityManager } from 'typeorm';
import { tenantOfCaller } from '../diagnostics/caller.js';
import { changedFields } from './changed-fields.js';
import type { SiteRow } from './site.entity.js';
import { SitesRepository } from './sites.repository.js';

const LIST = 'sites';
const siteId = idSchema('sit');

/** Keeps the list of sites. Every change is on record. */
@Injectable()
export class SitesService {
  constructor(
    private readonly database: Database,
    private readonly idempotency: IdempotencyKeys,
    private readonly sites: SitesRepository,
    private readonly cursors: Cursors,
    private readonly audit: AuditRecorder,
  ) {}

  /** @throws Problem `customer-not-found` */
  async create(body: CreateSite): Promise<CreatedSite> {
    const scope = { route: 'POST /api/v1/sites', requestBody: body };
    const { value, replayed } = await this.database.write((manager) =>
      this.idempotency.once(manager, scope, async () => {
        const now = new Date();
        const tenant_id = tenantOfCaller();
        const row = { ...body, tenant_id, id: newId('sit'), version: 1, created_at: now, updated_at: now };
        await this.sites.insert(manager, row);
        await this.record(manager, 'SITE_CREATED', row, { after: body });
        return toSite(row);
      }),
    );
    return { site: value, replayed };
  }

  /** @throws Problem `site-not-found`, the same for an unknown id and for another tenant's */
  async get({ id }: GetSite): Promise<Site> {
    if (!siteId.safeParse(id).success) throw new Problem('site-not-found');
    const row = await this.database.read((manager) => this.sites.find(manager, tenantOfCaller(), id));
    if (!row) throw new Problem('site-not-found');
    return toSite(row);
  }

  async list({ limit, cursor, ...filters }: ListSitesQuery): Promise<SitePage> {
    const after = cursor === undefined ? undefined : this.cursors.decode(LIST, cursor);
    const rows = await this.database.read((manager) =>
      this.sites.list(manager, tenantOfCaller(), filters, limit, after),
    );
    return toPage(rows.map(toSite), limit, LIST, this.cursors, ({ created_at, id }) => ({
      createdAt: created_at,
      id,
    }));
  }

  /** @throws Problem `site-not-found`, `precondition-failed`, `customer-not-found` */
  change(request: PatchSite): Promise<Site> {
    return this.edit('PATCH', request, async (manager, before) => {
      const { change } = request;
      const after = { ...before, ...change, version: before.version + 1, updated_at: new Date() };
      await this.sites.update(manager, after);
      const fields = Object.keys(change) as (keyof typeof change)[];
      await this.record(manager, 'SITE_UPDATED', after, changedFields(before, after, fields));
      return toSite(after);
    });
  }

  /** @throws Problem `site-not-found`, `precondition-failed`, `site-in-use` */
  remove(request: DeleteSite): Promise<null> {
    return this.edit('DELETE', request, async (manager, row) => {
      await this.sites.delete(manager, row);
      await this.record(manager, 'SITE_DELETED', row, { before: toSite(row) });
      return null;
    });
  }

  /** Once under its key, on the version that the caller has seen. */
  private async edit<T>(
    verb: 'PATCH' | 'DELETE',
    request: { id: string; if_match?: IfMatch },
    work: (manager: EntityManager, row: SiteRow) => Promise<T>,
  ): Promise<T> {
    const { id, if_match } = request;
    if (!siteId.safeParse(id).success) throw new Problem('site-not-found');
    const scope = { route: `${verb} /api/v1/sites/{id}`, requestBody: request };
    const { value } = await this.database.write((manager) =>
      this.idempotency.once(manager, scope, async () => {
        const row = await this.sites.findToChange(manager, tenantOfCaller(), id);
        if (!row) throw new Problem('site-not-found');
        requireVersion(row.version, if_match);
        return work(manager, row);
      }),
    );
    return value;
  }

  private record(
    manager: EntityManager,
    event_type: 'SITE_CREATED' | 'SITE_UPDATED' | 'SITE_DELETED',
    { id }: SiteRow,
    details: Record<string, unknown>,
  ): Promise<void> {
    return this.audit.record(manager, { event_type, resource_id: id, success: true, details });
  }
}

function toSite({ tenant_id: _tenant, ...row }: SiteRow): Site {
  return { ...row, created_at: row.created_at.toISOString(), updated_at: row.updated_at.toISOString() };
}
