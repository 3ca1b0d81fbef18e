import { z } from 'zod';
import { defineCommand } from './command.js';
import { idSchema } from './ids.js';
import { pageOf, pageQuery } from './page.js';
import { rolesFrom } from './principal.js';
import { text, trimmed } from './text.js';
import { ifMatch, version } from './version.js';

/** As the IANA database names it: the time by which a site's people live. */
const timezone = z.string().max(64).refine(isTimezone, 'is not a time zone such as America/Sao_Paulo');

const example = {
  id: 'sit_019aa8c51f6b7d1e8f0a2b3c4d5e6f73',
  customer_id: 'cus_019aa8c51f6b7d1e8f0a2b3c4d5e6f72',
  name: 'Balcão',
  address: 'Rua das Flores, 10, São Paulo',
  timezone: 'America/Sao_Paulo',
  notes: null,
  version: 1,
  created_at: '2026-11-22T08:00:00.000Z',
  updated_at: '2026-11-22T08:00:00.000Z',
};

/** POST /api/v1/sites. */
export const CreateSite = z
  .strictObject({
    customer_id: idSchema('cus'),
    name: trimmed(200),
    address: text(1000).nullable().default(null),
    timezone: timezone.nullable().default(null),
    notes: text(4000).nullable().default(null),
  })
  .meta({
    id: 'CreateSite',
    example: { customer_id: example.customer_id, name: example.name, timezone: example.timezone },
  });
export type CreateSite = z.infer<typeof CreateSite>;

/** PATCH /api/v1/sites/{id}: what is absent stays, null clears. A site may be given to another customer. */
export const ChangeSite = z
  .strictObject({
    customer_id: idSchema('cus').optional(),
    name: trimmed(200).optional(),
    address: text(1000).nullable().optional(),
    timezone: timezone.nullable().optional(),
    notes: text(4000).nullable().optional(),
  })
  .refine((change) => Object.keys(change).length > 0, 'changes nothing')
  .meta({ id: 'ChangeSite', example: { name: 'Escritório', address: null } });
export type ChangeSite = z.infer<typeof ChangeSite>;

/** A place of a customer where machines stand. */
export const Site = z
  .object({
    id: z.string(),
    customer_id: z.string(),
    name: z.string(),
    address: z.string().nullable(),
    timezone: z.string().nullable(),
    notes: z.string().nullable(),
    version,
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  })
  .meta({ id: 'Site', example });
export type Site = z.infer<typeof Site>;

/** GET /api/v1/sites, newest first. */
export const ListSitesQuery = z.strictObject({
  ...pageQuery,
  customer_id: idSchema('cus').optional(),
  q: trimmed(200).optional().describe('Part of the name or of the address, in any case.'),
});
export type ListSitesQuery = z.infer<typeof ListSitesQuery>;

export const SitePage = pageOf(Site).meta({
  id: 'SitePage',
  example: { data: [example], page: { next_cursor: null, has_more: false } },
});
export type SitePage = z.infer<typeof SitePage>;

/** What creating answers: `replayed` when an Idempotency-Key brought back an earlier answer. */
export const CreatedSite = z.object({ site: Site, replayed: z.boolean() });
export type CreatedSite = z.infer<typeof CreatedSite>;

export const GetSite = z.object({ id: z.string() });
export type GetSite = z.infer<typeof GetSite>;
export const PatchSite = z.object({ id: z.string(), change: ChangeSite, if_match: ifMatch });
export type PatchSite = z.infer<typeof PatchSite>;
export const DeleteSite = z.object({ id: z.string(), if_match: ifMatch });
export type DeleteSite = z.infer<typeof DeleteSite>;

const read = { service: 'diagnostics', roles: rolesFrom('viewer'), idempotent: true } as const;
const written = { service: 'diagnostics', roles: rolesFrom('technician'), idempotent: 'key' } as const;

export const createSite = defineCommand({
  ...written,
  pattern: 'diagnostics.sites.create',
  request: CreateSite,
  response: CreatedSite,
});
export const listSites = defineCommand({
  ...read,
  pattern: 'diagnostics.sites.list',
  request: ListSitesQuery,
  response: SitePage,
});
export const getSite = defineCommand({
  ...read,
  pattern: 'diagnostics.sites.get',
  request: GetSite,
  response: Site,
});
export const changeSite = defineCommand({
  ...written,
  pattern: 'diagnostics.sites.change',
  request: PatchSite,
  response: Site,
});
export const deleteSite = defineCommand({
  ...written,
  pattern: 'diagnostics.sites.delete',
  request: DeleteSite,
  response: z.null(),
});

function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    // An offset such as +03:00 is taken by some engines; it is the time of no place.
    return /^[A-Za-z]/.test(name);
  } catch {
    return false;
  }
}
