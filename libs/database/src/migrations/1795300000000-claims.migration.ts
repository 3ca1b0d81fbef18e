import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The functions that row policies read the caller's claims with, as Supabase has them; its own are kept. */
export class Claims1795300000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // TypeORM's own table was made a moment ago, with whatever default privileges the database has.
    await runner.query('REVOKE ALL ON migrations FROM PUBLIC, anon, authenticated');
    await runner.query(`
      DO $do$ BEGIN
        IF to_regprocedure('auth.jwt()') IS NULL THEN
          CREATE FUNCTION auth.jwt() RETURNS jsonb LANGUAGE sql STABLE PARALLEL SAFE
            AS $$ select nullif(current_setting('request.jwt.claims', true), '')::jsonb $$;
        END IF;
        IF to_regprocedure('auth.uid()') IS NULL THEN
          CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
            AS $$ select (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')::uuid $$;
        END IF;
      END $do$`);
  }

  async down(): Promise<void> {
    throw new Error('migrations only go forward: a release runs on the schema of the next one');
  }
}
