import { currentContext, readsAfter, type Logger } from '@techze/observability';
import type { DataSource, EntityManager } from 'typeorm';
import { Cluster } from './cluster/cluster.js';
import type { DatabaseConfig } from './database.config.js';
import { reportable } from './reportable.js';
import { showPool } from './statistics/pool.metrics.js';
import type { PoolView } from './statistics/pool-view.js';
import { claimsOf, type Claims } from './tenancy/identity.js';
import type { TenantConnection } from './tenancy/tenant-connection.js';
import type { TransactionPlan } from './tenancy/transaction-plan.js';
import { createDataSource, type Entities } from './typeorm/data-source.js';

/** The NOLOGIN roles of the scheme that hold a service's grants (tenancy.md). */
export type ServiceRole = 'svc_identity' | 'svc_diagnostics' | 'svc_ai' | 'svc_automation' | 'svc_analytics';

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
   * Statements on one replica that is fresh enough, else on the primary. Each is a READ ONLY transaction of its own and
   * sees what was committed when it began; when the node is lost it is done on another one.
   */
  read<T>(work: (manager: EntityManager) => Promise<T>): Promise<T>;
}

/** How many connections there are and how the nodes do; and what may be changed while the process runs. */
export interface Pool {
  /** As this process sees it now. */
  view(): PoolView;
  /** Takes a node for well at once. @returns false when there is no such node */
  resetBreaker(nodeId: string): boolean;
}

export interface DatabaseOptions {
  readonly role: ServiceRole;
  readonly entities: Entities;
  readonly logger: Logger;
}

/** How often one transaction makes way for others before its caller is told to come back. */
const MAX_REPEATS = 3;

/** Every way to the database: each transaction carries the role and the claims of whoever acts. */
export class Database implements DatabaseSession {
  private readonly cluster: Cluster;
  private readonly dataSource: DataSource;
  private readonly role: ServiceRole;
  private hide: (() => void) | undefined;

  /** Nothing is asked of any server before `start`. */
  constructor(config: DatabaseConfig, { role, entities, logger }: DatabaseOptions) {
    this.role = role;
    this.cluster = new Cluster(config, role, logger.named('database'));
    this.dataSource = createDataSource(this.cluster, config, entities);
  }

  /** Looks at every node once; those that are down join when they come up. */
  async start(): Promise<void> {
    await Promise.all([this.cluster.start(), this.dataSource.initialize()]);
    this.hide = showPool(() => this.cluster.view());
  }

  /** Gives all connections back. */
  async close(): Promise<void> {
    this.hide?.();
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
    await this.cluster.stop();
  }

  get pool(): Pool {
    return this.cluster;
  }

  write<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.caller().write(work);
  }

  read<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.caller().read(work);
  }

  /** Transactions of another identity than the caller's: log-in (claims null), workers, bootstrap. */
  as({ role, claims }: SessionIdentity): DatabaseSession {
    const plan = (purpose: TransactionPlan['purpose']): TransactionPlan => {
      const context = currentContext();
      return {
        purpose,
        role: role === 'worker' ? 'svc_worker' : this.role,
        claims,
        deadline: context?.deadline,
        fromPrimary: context?.readPrimary,
        readAfter: context && readsAfter(context),
        commits: context?.commits,
      };
    };
    return {
      write: (work) => this.transaction(plan('write'), work),
      read: (work) => this.statements(plan('read'), work),
    };
  }

  /** Whether writes are possible, and whether reads are. Answers within a second. */
  health(): Promise<{ primary: boolean; reads: boolean }> {
    return this.cluster.health();
  }

  private caller(): DatabaseSession {
    return this.as({ role: 'service', claims: claimsOf(currentContext()?.principal) });
  }

  private async transaction<T>(plan: TransactionPlan, work: (manager: EntityManager) => Promise<T>): Promise<T> {
    for (let repeats = 0; ; repeats += 1) {
      const runner = this.dataSource.createQueryRunner();
      const connection = (await runner.connect()) as TenantConnection;
      connection.prepare(plan);
      try {
        return await runner.manager.transaction(work);
      } catch (error) {
        const late = plan.deadline !== undefined && Date.now() >= plan.deadline;
        if (!connection.mayBeRepeated || repeats === MAX_REPEATS || late) throw reportable(error);
      } finally {
        await runner.release();
      }
    }
  }

  private async statements<T>(plan: TransactionPlan, work: (manager: EntityManager) => Promise<T>): Promise<T> {
    const runner = this.dataSource.createQueryRunner();
    const connection = (await runner.connect()) as TenantConnection;
    connection.prepare(plan);
    try {
      return await work(runner.manager);
    } catch (error) {
      throw reportable(error);
    } finally {
      await runner.release();
    }
  }
}

/** A Database that was started, for whoever has no Nest around him. `close()` it at the end. */
export async function openDatabase(config: DatabaseConfig, options: DatabaseOptions): Promise<Database> {
  const database = new Database(config, options);
  try {
    await database.start();
  } catch (fault) {
    await database.close();
    throw fault;
  }
  return database;
}
