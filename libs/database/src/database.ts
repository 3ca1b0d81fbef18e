import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { currentContext } from '@techze/observability';
import { DataSource, type EntityManager } from 'typeorm';
import { Cluster } from './cluster/cluster.js';
import type { Purpose } from './cluster/lease.js';
import { reportable } from './reportable.js';
import { claimsOf, type Claims } from './tenancy/identity.js';
import type { TenantConnection, TransactionPlan } from './tenancy/tenant-connection.js';

/** The NOLOGIN roles of the scheme that hold a service's grants (tenancy.md). */
export type ServiceRole = 'svc_identity' | 'svc_diagnostics' | 'svc_ai' | 'svc_automation' | 'svc_analytics';

/** Injection token of the process's ServiceRole. */
export const SERVICE_ROLE = Symbol('service role');

/** Who a session acts as: the process's own service, or `svc_worker` across tenants. */
export interface SessionIdentity {
  role: 'service' | 'worker';
  claims: Claims;
}

/** Transactions of one identity. Faults of the database arrive as Problems; errors of a statement as they are. */
export interface DatabaseSession {
  /**
   * One transaction on the primary. `work` runs again only when the server undid all of it to let another transaction
   * pass (a deadlock); in every other case what was asked may have been done.
   */
  write<T>(work: (manager: EntityManager) => Promise<T>): Promise<T>;
  /**
   * One READ ONLY transaction on a replica that is up, else on the primary; on the primary first when the session
   * wrote a moment ago. `work` may run twice, when its node is lost meanwhile.
   */
  read<T>(work: (manager: EntityManager) => Promise<T>): Promise<T>;
}

/** How often one transaction makes way for others before its caller is told to come back. */
const MAX_YIELDS = 3;

/** Every way to the database: each transaction carries the role and the claims of whoever acts. */
@Injectable()
export class Database implements DatabaseSession, OnModuleInit, OnApplicationShutdown {
  constructor(
    private readonly cluster: Cluster,
    private readonly dataSource: DataSource,
    @Inject(SERVICE_ROLE) private readonly role: ServiceRole,
  ) {}

  async onModuleInit(): Promise<void> {
    await Promise.all([this.cluster.start(), this.dataSource.initialize()]);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.dataSource.destroy();
    await this.cluster.stop();
  }

  write<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.caller().write(work);
  }

  read<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.caller().read(work);
  }

  /** Transactions of another identity than the caller's: log-in (claims null), workers, bootstrap. */
  as({ role, claims }: SessionIdentity): DatabaseSession {
    const roleName = role === 'worker' ? 'svc_worker' : this.role;
    const plan = (purpose: Purpose): TransactionPlan => {
      const context = currentContext();
      return { purpose, role: roleName, claims, deadline: context?.deadline, fromPrimary: context?.readPrimary };
    };
    return {
      write: async (work) => {
        const first = plan('write');
        let outcome = await this.attempt(first, work);
        for (let again = 0; again < MAX_YIELDS && mayYield(outcome, first); again += 1)
          outcome = await this.attempt(first, work);
        return valueOf(outcome);
      },
      read: async (work) => {
        const first = plan('read');
        const outcome = await this.attempt(first, work);
        const again = outcome.lostNode !== undefined && Date.now() < (first.deadline ?? Infinity);
        return valueOf(again ? await this.attempt({ ...first, avoid: outcome.lostNode }, work) : outcome);
      },
    };
  }

  /** Whether writes are possible, and whether reads are. Answers within a second. */
  health(): Promise<{ primary: boolean; reads: boolean }> {
    return this.cluster.health();
  }

  private caller(): DatabaseSession {
    return this.as({ role: 'service', claims: claimsOf(currentContext()?.principal) });
  }

  private async attempt<T>(plan: TransactionPlan, work: (manager: EntityManager) => Promise<T>): Promise<Outcome<T>> {
    const runner = this.dataSource.createQueryRunner();
    const connection = (await runner.connect()) as TenantConnection;
    connection.prepare(plan);
    try {
      return { done: true, value: await runner.manager.transaction(work) };
    } catch (error) {
      return { done: false, error, lostNode: connection.lostNode, gaveWay: connection.gaveWay };
    } finally {
      await runner.release();
    }
  }
}

type Outcome<T> =
  | { done: true; value: T; lostNode?: undefined; gaveWay?: undefined }
  | { done: false; error: unknown; lostNode: string | undefined; gaveWay: boolean };

function mayYield(outcome: Outcome<unknown>, { deadline = Infinity }: TransactionPlan): boolean {
  return outcome.gaveWay === true && Date.now() < deadline;
}

function valueOf<T>(outcome: Outcome<T>): T {
  if (outcome.done) return outcome.value;
  throw reportable(outcome.error);
}
