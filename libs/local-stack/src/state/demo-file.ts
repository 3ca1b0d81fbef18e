import type { ServiceName } from '@techze/contracts';

/** A login of the demo tenants. */
export interface DemoUser {
  readonly email: string;
  readonly password: string;
  readonly role: string;
}

/** What the gateway's demo CLI prints: who can log in. */
export interface DemoAccounts {
  readonly tenants: readonly { readonly id: string; readonly name: string; readonly users: readonly DemoUser[] }[];
  readonly operator: { readonly email: string; readonly password: string };
}

/** The database servers as tools reach them. */
export interface DemoPostgres {
  readonly superuser_url: string;
  readonly nodes: readonly {
    readonly id: string;
    readonly url: string;
    readonly is_primary: boolean;
    /** Null for a server that is not ours. */
    readonly data_dir: string | null;
  }[];
}

/** `demo.json`: a running suite as people, tools and tests find it. Kept true while it runs, removed when it stops. */
export interface Demo extends DemoAccounts {
  readonly base_url: string;
  /** When the verdict of this machine was stored and printed (or, without the agent, when every app was ready); RFC 3339. */
  readonly ready_at?: string;
  readonly diagnostic_id?: string;
  readonly postgres: DemoPostgres;
  readonly redis_url: string;
  /** Where mails land as files; null when they go where MAIL_URL said. */
  readonly mail_dir: string | null;
  readonly services: Readonly<Partial<Record<ServiceName, readonly { readonly pid: number; readonly port: number }[]>>>;
}
