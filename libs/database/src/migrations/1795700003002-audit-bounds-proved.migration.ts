import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Reads all records and seals there are; in a transaction of its own, beside which others read and write them. */
export class AuditBoundsProved1795700003002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE audit_events VALIDATE CONSTRAINT audit_events_first');
    await runner.query('ALTER TABLE audit_seals VALIDATE CONSTRAINT audit_seals_first');
  }

  async down(): Promise<void> {
    throw new Error('migrations only go forward: a release runs on the schema of the next one');
  }
}
