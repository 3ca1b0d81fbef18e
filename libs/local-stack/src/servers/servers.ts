import type { DemoPostgres } from '../state/demo-file.js';

/** A database node in the documentation's shape of DATABASE_NODES. */
export interface NodeSettings {
  readonly id: string;
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly weight: number;
  readonly is_primary: boolean;
  readonly region?: string;
  readonly lat?: number;
  readonly lon?: number;
}

/** The database a suite stands on. */
export interface DatabaseServers {
  /** A superuser's URL of the suite's database on the primary, for preparing it. */
  readonly adminUrl: string;
  readonly nodes: readonly NodeSettings[];
  readonly demo: DemoPostgres;
}
