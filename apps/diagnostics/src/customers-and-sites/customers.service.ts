import { Injectable } from '@nestjs/common';
import { AuditRecorder } from '@techze/audit';
import {
  idSchema,
  newId,
  Problem,
  requireVersion,
  type CreateCustomer,
  type CreatedCustomer,
  type Customer,
  type CustomerPage,
  type DeleteCustomer,
  type GetCustomer,
  type IfMatch,
  type ListCustomersQuery,
  type PatchCustomer,
} from '@techze/contracts';
import { Database } from '@techze/database';
import { IdempotencyKeys } from '@techze/idempotency';
import { Cursors, toPage } from '@techze/paging';
import type { EntityManager } from 'typeorm';
import { tenantOfCaller } from '../diagnostics/caller.js';
import { changedFields } from './changed-fields.js';
import type { CustomerRow } from './customer.entity.js';
import { CustomersRepository } from './customers.repository.js';

const LIST = 'customers';
const customerId = idSchema('cus');

/** Keeps the book of customers. Every change is on record. */
@Injectable()
export class CustomersService {
  constructor(
    private readonly database: Database,
    private readonly idempotency: IdempotencyKeys,
    private readonly customers: CustomersRepository,
    private readonly cursors: Cursors,
    private readonly audit: AuditRecorder,
  ) {}

  async create(body: CreateCustomer): Promise<CreatedCustomer> {
    const scope = { route: 'POST /api/v1/customers', requestBody: body };
    const { value, replayed } = await this.database.write((manager) =>
      this.idempotency.once(manager, scope, async () => {
        const now = new Date();
        const tenant_id = tenantOfCaller();
        const row = { ...body, tenant_id, id: newId('cus'), version: 1, created_at: now, updated_at: now };
        await this.customers.insert(manager, row);
        await this.record(manager, 'CUSTOMER_CREATED', row, { after: body });
        return toCustomer(row);
      }),
    );
    return { customer: value, replayed };
  }

  /** @throws Problem `customer-not-found`, the same for an unknown id and for another tenant's */
  async get({ id }: GetCustomer): Promise<Customer> {
    if (!customerId.safeParse(id).success) throw new Problem('customer-not-found');
    const row = await this.database.read((manager) => this.customers.find(manager, tenantOfCaller(), id));
    if (!row) throw new Problem('customer-not-found');
    return toCustomer(row);
  }

  async list({ limit, cursor, q }: ListCustomersQuery): Promise<CustomerPage> {
    const after = cursor === undefined ? undefined : this.cursors.decode(LIST, cursor);
    const rows = await this.database.read((manager) =>
      this.customers.list(manager, tenantOfCaller(), { q }, limit, after),
    );
    return toPage(rows.map(toCustomer), limit, LIST, this.cursors, ({ created_at, id }) => ({
      createdAt: created_at,
      id,
    }));
  }

  /** @throws Problem `customer-not-found`, `precondition-failed` */
  change(request: PatchCustomer): Promise<Customer> {
    return this.edit('PATCH', request, async (manager, before) => {
      const { change } = request;
      const after = { ...before, ...change, version: before.version + 1, updated_at: new Date() };
      await this.customers.update(manager, after);
      const fields = Object.keys(change) as (keyof typeof change)[];
      await this.record(manager, 'CUSTOMER_UPDATED', after, changedFields(before, after, fields));
      return toCustomer(after);
    });
  }

  /** @throws Problem `customer-not-found`, `precondition-failed`, `customer-in-use` */
  remove(request: DeleteCustomer): Promise<null> {
    return this.edit('DELETE', request, async (manager, row) => {
      await this.customers.delete(manager, row);
      await this.record(manager, 'CUSTOMER_DELETED', row, { before: toCustomer(row) });
      return null;
    });
  }

  /** Once under its key, on the version that the caller has seen. */
  private async edit<T>(
    verb: 'PATCH' | 'DELETE',
    request: { id: string; if_match?: IfMatch },
    work: (manager: EntityManager, row: CustomerRow) => Promise<T>,
  ): Promise<T> {
    const { id, if_match } = request;
    if (!customerId.safeParse(id).success) throw new Problem('customer-not-found');
    const scope = { route: `${verb} /api/v1/customers/{id}`, requestBody: request };
    const { value } = await this.database.write((manager) =>
      this.idempotency.once(manager, scope, async () => {
        const row = await this.customers.findToChange(manager, tenantOfCaller(), id);
        if (!row) throw new Problem('customer-not-found');
        requireVersion(row.version, if_match);
        return work(manager, row);
      }),
    );
    return value;
  }

  private record(
    manager: EntityManager,
    event_type: 'CUSTOMER_CREATED' | 'CUSTOMER_UPDATED' | 'CUSTOMER_DELETED',
    { id }: CustomerRow,
    details: Record<string, unknown>,
  ): Promise<void> {
    return this.audit.record(manager, { event_type, resource_id: id, success: true, details });
  }
}

function toCustomer({ tenant_id: _tenant, ...row }: CustomerRow): Customer {
  return { ...row, created_at: row.created_at.toISOString(), updated_at: row.updated_at.toISOString() };
}
