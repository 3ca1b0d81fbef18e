import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@techze/database';
import { limitsConfig, parseRate, rateClasses, type ClassRates, type LimitsConfig } from '@techze/limits';
import { Logger, runWith } from '@techze/observability';

/** A change is in force everywhere after this long. */
const KEPT_MS = 10_000;
/** A database that takes longer does not hold up the request: it goes by what was known, or by the defaults. */
const LIMIT_MS = 500;
const TENANTS_MAX = 50_000;

interface Known {
  rates: Promise<ClassRates>;
  readonly askAgainAtMs: number;
}

/** The limits of each tenant: the installation's, but for those of `tenants.rate_limits`. */
@Injectable()
export class TenantRates {
  private readonly known = new Map<string, Known>();
  private readonly logger: Logger;

  constructor(
    private readonly database: Database,
    @Inject(limitsConfig.token) private readonly defaults: LimitsConfig,
    logger: Logger,
  ) {
    this.logger = logger.named('tenant-rates');
  }

  /** Never rejects. Only the first request of a tenant waits. */
  of(tenantId: string): Promise<ClassRates> {
    const before = this.known.get(tenantId);
    if (before && Date.now() < before.askAgainAtMs) return before.rates;
    const asked = this.ask(tenantId).catch((error: unknown) => {
      this.logger.warn('the limits of a tenant could not be read', { tenant_id: tenantId, reason: String(error) });
      return before?.rates ?? this.defaults;
    });
    const known: Known = { rates: before?.rates ?? asked, askAgainAtMs: Date.now() + KEPT_MS };
    if (this.known.size >= TENANTS_MAX) this.known.clear();
    this.known.set(tenantId, known);
    void asked.then(() => {
      known.rates = asked;
    });
    return known.rates;
  }

  private async ask(tenantId: string): Promise<ClassRates> {
    const tenant = this.database.as({ role: 'service', claims: { tenant_id: tenantId, role: 'admin' } });
    const [row] = await runWith({ deadline: Date.now() + LIMIT_MS }, () =>
      tenant.read((manager) =>
        manager.query<{ rate_limits: Record<string, string> }[]>('select rate_limits from tenants where id = $1', [
          tenantId,
        ]),
      ),
    );
    return this.withOwn(row?.rate_limits ?? {});
  }

  /** The table refuses what is no rate. */
  private withOwn(own: Readonly<Record<string, string>>): ClassRates {
    const entries = rateClasses.map((name) => [name, parseRate(own[name] ?? '') ?? this.defaults[name]]);
    return Object.fromEntries(entries) as ClassRates;
  }
}
