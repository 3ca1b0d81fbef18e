import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Limits of a tenant's own, by class: `{"diagnostics": "500/minute"}`. What is not named is the installation's. */
export class RateLimits1795500000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(RATE_LIMITS);
  }

  async down(): Promise<void> {
    throw new Error('migrations only go forward: a release runs on the schema of the next one');
  }
}

const CLASSES = ['default', 'auth', 'api_heavy', 'diagnostics'];
const RATE = '^(1000000|[1-9][0-9]{0,5})/(second|minute|hour|day)$';

// Operators write it by hand: what no gateway would understand is refused here. IS TRUE, for a check passes what is null.
const RATE_LIMITS = `
  ALTER TABLE tenants ADD COLUMN rate_limits jsonb NOT NULL DEFAULT '{}'
    CONSTRAINT tenants_rate_limits_are_rates CHECK (
      (jsonb_typeof(rate_limits) = 'object'
        AND rate_limits - ARRAY['${CLASSES.join("', '")}'] = '{}'
        ${CLASSES.map((name) => `AND (NOT rate_limits ? '${name}' OR rate_limits ->> '${name}' ~ '${RATE}')`).join('\n        ')}
      ) IS TRUE);`;
