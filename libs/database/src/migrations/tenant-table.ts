/** Row security of a table, for its owner too; and nothing for anybody until granted. */
export function secured(table: string): string {
  return `
    ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
    REVOKE ALL ON ${table} FROM PUBLIC, anon, authenticated;`;
}

/** The documentation's tenant policy, in its own words. USING serves as WITH CHECK. */
export function tenantIsolation(table: string): string {
  return `
    CREATE POLICY ${table}_tenant_isolation ON ${table}
      FOR ALL TO authenticated
      USING (tenant_id = auth.jwt() ->> 'tenant_id');`;
}

/** An agent sees and writes what is its own device's, and nothing more. */
export function agentDevice(table: string, own: string): string {
  return `
    CREATE POLICY ${table}_agent_device ON ${table} AS RESTRICTIVE
      FOR ALL TO authenticated
      USING ((select auth.jwt() ->> 'role') IS DISTINCT FROM 'agent' OR ${own});`;
}

/** The suite at work across tenants. IS NOT NULL, not an equality: only so the planner takes a partial index. */
export function workerPolicy(table: string, command: 'ALL' | 'SELECT'): string {
  return `
    CREATE POLICY ${table}_worker ON ${table}
      FOR ${command} TO svc_worker
      USING ((select auth.jwt() ->> 'worker') IS NOT NULL);`;
}
