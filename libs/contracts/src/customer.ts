import { z } from 'zod';
import { defineCommand } from './command.js';
import { pageOf, pageQuery } from './page.js';
import { rolesFrom } from './principal.js';
import { text, trimmed } from './text.js';
import { ifMatch, version } from './version.js';

const example = {
  id: 'cus_019aa8c51f6b7d1e8f0a2b3c4d5e6f72',
  name: 'Padaria Central',
  contact_name: 'Ana Souza',
  email: 'ana@padaria.example',
  phone: '+55 11 5555-0101',
  notes: null,
  version: 1,
  created_at: '2026-11-22T08:00:00.000Z',
  updated_at: '2026-11-22T08:00:00.000Z',
};

const contact = {
  contact_name: trimmed(200),
  email: z.string().max(254).trim().pipe(z.email()),
  phone: trimmed(64),
  notes: text(4000),
};

/** POST /api/v1/customers. */
export const CreateCustomer = z
  .strictObject({
    name: trimmed(200),
    contact_name: contact.contact_name.nullable().default(null),
    email: contact.email.nullable().default(null),
    phone: contact.phone.nullable().default(null),
    notes: contact.notes.nullable().default(null),
  })
  .meta({
    id: 'CreateCustomer',
    example: { name: example.name, contact_name: example.contact_name, email: example.email, phone: example.phone },
  });
export type CreateCustomer = z.infer<typeof CreateCustomer>;

/** PATCH /api/v1/customers/{id}: what is absent stays, null clears. */
export const ChangeCustomer = z
  .strictObject({
    name: trimmed(200).optional(),
    contact_name: contact.contact_name.nullable().optional(),
    email: contact.email.nullable().optional(),
    phone: contact.phone.nullable().optional(),
    notes: contact.notes.nullable().optional(),
  })
  .refine((change) => Object.keys(change).length > 0, 'changes nothing')
  .meta({ id: 'ChangeCustomer', example: { phone: '+55 11 5555-0199', notes: null } });
export type ChangeCustomer = z.infer<typeof ChangeCustomer>;

/** Whom a tenant keeps machines for. */
export const Customer = z
  .object({
    id: z.string(),
    name: z.string(),
    contact_name: z.string().nullable(),
    email: z.string().nullable(),
    phone: z.string().nullable(),
    notes: z.string().nullable(),
    version,
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  })
  .meta({ id: 'Customer', example });
export type Customer = z.infer<typeof Customer>;

/** GET /api/v1/customers, newest first. */
export const ListCustomersQuery = z.strictObject({
  ...pageQuery,
  q: trimmed(200).optional().describe('Part of the name or of the contact’s name, in any case.'),
});
export type ListCustomersQuery = z.infer<typeof ListCustomersQuery>;

export const CustomerPage = pageOf(Customer).meta({
  id: 'CustomerPage',
  example: { data: [example], page: { next_cursor: null, has_more: false } },
});
export type CustomerPage = z.infer<typeof CustomerPage>;

/** What creating answers: `replayed` when an Idempotency-Key brought back an earlier answer. */
export const CreatedCustomer = z.object({ customer: Customer, replayed: z.boolean() });
export type CreatedCustomer = z.infer<typeof CreatedCustomer>;

export const GetCustomer = z.object({ id: z.string() });
export type GetCustomer = z.infer<typeof GetCustomer>;
export const PatchCustomer = z.object({ id: z.string(), change: ChangeCustomer, if_match: ifMatch });
export type PatchCustomer = z.infer<typeof PatchCustomer>;
export const DeleteCustomer = z.object({ id: z.string(), if_match: ifMatch });
export type DeleteCustomer = z.infer<typeof DeleteCustomer>;

const read = { service: 'diagnostics', roles: rolesFrom('viewer'), idempotent: true } as const;
const written = { service: 'diagnostics', roles: rolesFrom('technician'), idempotent: 'key' } as const;

export const createCustomer = defineCommand({
  ...written,
  pattern: 'diagnostics.customers.create',
  request: CreateCustomer,
  response: CreatedCustomer,
});
export const listCustomers = defineCommand({
  ...read,
  pattern: 'diagnostics.customers.list',
  request: ListCustomersQuery,
  response: CustomerPage,
});
export const getCustomer = defineCommand({
  ...read,
  pattern: 'diagnostics.customers.get',
  request: GetCustomer,
  response: Customer,
});
export const changeCustomer = defineCommand({
  ...written,
  pattern: 'diagnostics.customers.change',
  request: PatchCustomer,
  response: Customer,
});
export const deleteCustomer = defineCommand({
  ...written,
  pattern: 'diagnostics.customers.delete',
  request: DeleteCustomer,
  response: z.null(),
});
