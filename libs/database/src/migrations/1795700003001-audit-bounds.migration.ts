import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Says of records and seals that they end where their first partition will: the migration behind the next attaches them
 * without reading them under its lock. Here new rows alone are held to it, and nothing is read either.
 */
export class AuditBounds1795700003001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Of the month of its head, so that no batch is ever half gone. Seals from before are as old as this migration.
      ALTER TABLE audit_seals ADD COLUMN sealed_at timestamptz NOT NULL DEFAULT now();
      DO $$
        DECLARE
          -- Not this month's: until they are partitions no row may be younger, and the rest may have to be run again.
          bound timestamptz := (date_trunc('month', clock_timestamp() AT TIME ZONE 'UTC') + interval '2 months') AT TIME ZONE 'UTC';
        BEGIN
          EXECUTE format('ALTER TABLE audit_events ADD CONSTRAINT audit_events_first CHECK (timestamp < %L) NOT VALID', bound);
          EXECUTE format('ALTER TABLE audit_seals ADD CONSTRAINT audit_seals_first CHECK (sealed_at < %L) NOT VALID', bound);
        END $$;`);
  }

  async down(): Promise<void> {
    throw new Error('migrations only go forward: a release runs on the schema of the next one');
  }
}
