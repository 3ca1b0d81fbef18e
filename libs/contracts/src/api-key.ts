import { z } from 'zod';
import { keyScopes } from './key-scopes.js';
import { moment } from './moment.js';
import { pageOf, pageQuery } from './page.js';
import { keyRoles } from './principal.js';
import { trimmed } from './text.js';

/** What an API key begins with; 32 bytes as base64url follow. */
export const API_KEY_PREFIX = 'tzk_';

const SOURCE_ADDRESSES_MAX = 100;

const example = {
  id: 'key_019aa8c51f6b7d1e8f0a2b3c4d5e6f78',
  name: 'Nightly export',
  role: 'viewer',
  scopes: ['devices:read', 'diagnostics:read'],
  source_addresses: ['203.0.113.0/24', '2001:db8::/32'],
  expires_at: '2027-11-22T08:00:00.000Z',
  last_used_at: null,
  last_used_address: null,
  revoked_at: null,
  created_by: '019aa8c5-1f6b-7d1e-8f0a-2b3c4d5e6f70',
  created_at: '2026-11-22T08:00:00.000Z',
} as const;

const addressBlock = z
  .string()
  .max(64)
  .refine(isAddressBlock, 'must be an IPv4 or IPv6 address, or a block of them such as 203.0.113.0/24');

/** POST /api/v1/api-keys. */
export const CreateApiKey = z
  .strictObject({
    name: trimmed(200),
    role: z.enum(keyRoles).describe('What it may at most.'),
    scopes: z
      .array(z.enum(keyScopes))
      .min(1)
      .max(keyScopes.length)
      .refine(isWithoutRepetition, 'names something twice')
      .describe('What it is open to: nothing else is.'),
    expires_at: moment
      .refine((text) => Date.parse(text) > Date.now(), 'is over')
      .nullable()
      .default(null)
      .describe('Null: until it is revoked.'),
    source_addresses: z
      .array(addressBlock)
      .max(SOURCE_ADDRESSES_MAX)
      .refine(isWithoutRepetition, 'names something twice')
      .default([])
      .describe('Where it may be used from; empty: anywhere.'),
  })
  .meta({
    id: 'CreateApiKey',
    example: {
      name: example.name,
      role: example.role,
      scopes: example.scopes,
      expires_at: example.expires_at,
      source_addresses: example.source_addresses,
    },
  });
export type CreateApiKey = z.infer<typeof CreateApiKey>;

/** What a machine of the tenant's acts under. */
export const ApiKey = z
  .object({
    id: z.string(),
    name: z.string(),
    role: z.enum(keyRoles),
    scopes: z.array(z.enum(keyScopes)),
    source_addresses: z.array(z.string()),
    expires_at: z.iso.datetime().nullable(),
    last_used_at: z.iso.datetime().nullable().describe('To about a minute.'),
    last_used_address: z.string().nullable(),
    revoked_at: z.iso.datetime().nullable(),
    created_by: z.string().nullable(),
    created_at: z.iso.datetime(),
  })
  .meta({ id: 'ApiKey', example });
export type ApiKey = z.infer<typeof ApiKey>;

/** The one answer that holds the key itself. */
export const NewApiKey = ApiKey.extend({ key: z.string().describe('Shown here and never again.') }).meta({
  id: 'NewApiKey',
  example: { ...example, key: 'tzk_3vXqY0b1C2d3E4f5G6h7I8j9K0l1M2n3O4p5Q6r7S8t' },
});
export type NewApiKey = z.infer<typeof NewApiKey>;

export const ListApiKeysQuery = z.strictObject(pageQuery);
export type ListApiKeysQuery = z.infer<typeof ListApiKeysQuery>;

export const ApiKeyPage = pageOf(ApiKey).meta({
  id: 'ApiKeyPage',
  example: { data: [example], page: { next_cursor: null, has_more: false } },
});
export type ApiKeyPage = z.infer<typeof ApiKeyPage>;

function isAddressBlock(text: string): boolean {
  return [z.cidrv4(), z.cidrv6(), z.ipv4(), z.ipv6()].some((form) => form.safeParse(text).success);
}

function isWithoutRepetition(texts: readonly string[]): boolean {
  return new Set(texts).size === texts.length;
}
