import { Inject, Injectable } from '@nestjs/common';
import { TokenVerifier } from '@techze/auth';
import { nameOf, type Principal, type Problem } from '@techze/contracts';
import { limitsConfig, RateLimiter, times, type LimitsConfig, type RateClass } from '@techze/limits';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { bearerOf } from '../auth/bearer-token.js';
import { BlockedSources } from './blocked-sources.js';
import { KnownCredentials } from './known-credentials.js';
import { refusal, sayLimit, type Limit } from './limit.js';
import { sourceOf } from './source.js';
import { TenantRates } from './tenant-rates.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Some limit has counted it, or refused it. */
    isCharged?: boolean;
  }
}

/** A tenant has so many times what one of its users has, and a source so many times what it may try to log in. */
const CEILING = 10;

/**
 * Who may ask for more. A request counts once: against the limits of who asks and of the tenant; on a route that needs no
 * credential, and wherever nobody ever learnt who asked, against those of its source.
 */
@Injectable()
export class Admission {
  private readonly blocked = new BlockedSources();
  private readonly known = new KnownCredentials();

  constructor(
    private readonly limiter: RateLimiter,
    private readonly tenants: TenantRates,
    private readonly tokens: TokenVerifier,
    @Inject(limitsConfig.token) private readonly rates: LimitsConfig,
  ) {}

  /**
   * Before anything is read or verified: nothing is taken from a source that has used up its ceiling, but from those
   * there whose credentials this process has verified already (and will again).
   */
  refusalOfBlocked(request: FastifyRequest, reply: FastifyReply): Problem | undefined {
    const source = sourceOfRequest(request);
    const leftMs = this.blocked.leftMs(source, performance.now());
    if (leftMs === 0) return undefined;
    const token = bearerOf(request);
    if (token !== undefined && (this.tokens.knows(token) || this.known.has(token))) return undefined;
    request.isCharged = true;
    const limit = this.ceilingOf(source);
    sayLimit(reply, limit, { passed: false, decisive: 0, remaining: 0, resetMs: leftMs });
    return refusal(limit, leftMs);
  }

  /** @throws Problem `rate-limited` */
  async admit(request: FastifyRequest, reply: FastifyReply, rateClass: RateClass, principal?: Principal) {
    if (principal && principal.kind !== 'user') this.known.add(bearerOf(request));
    const limits = principal
      ? await this.limitsOf(principal, rateClass)
      : this.limitsBeforeLogin(sourceOfRequest(request), rateClass);
    const refused = await this.charge(request, reply, limits);
    if (refused) throw refused;
  }

  /** A request that was answered although nobody knows who asked. @returns what to answer instead */
  chargeSource(request: FastifyRequest, reply: FastifyReply): Promise<Problem | undefined> {
    if (reply.statusCode === 401) this.known.delete(bearerOf(request));
    return this.charge(request, reply, [this.ceilingOf(sourceOfRequest(request))]);
  }

  private async charge(request: FastifyRequest, reply: FastifyReply, limits: readonly Limit[]) {
    request.isCharged = true;
    const verdict = await this.limiter.take(limits);
    const limit = limits[verdict.decisive];
    if (!limit) return undefined;
    sayLimit(reply, limit, verdict);
    if (verdict.passed) return undefined;
    if (limit.policy === 'source') this.blocked.block(sourceOfRequest(request), verdict.resetMs, performance.now());
    return refusal(limit, verdict.resetMs);
  }

  // The braces are a hash tag: the limits of one call lie together in a cluster.
  private async limitsOf(principal: Principal, rateClass: RateClass): Promise<Limit[]> {
    const rate = (await this.tenants.of(principal.tenant_id))[rateClass];
    const tenant = `{${principal.tenant_id}}:${rateClass}`;
    return [
      { key: `${tenant}:${nameOf(principal)}`, rate, policy: rateClass, class: rateClass },
      { key: tenant, rate: times(CEILING, rate), policy: `${rateClass}-tenant`, class: rateClass },
    ];
  }

  private limitsBeforeLogin(source: string, rateClass: RateClass): Limit[] {
    const key = `{source:${source}}:${rateClass}`;
    return [{ key, rate: this.rates[rateClass], policy: rateClass, class: rateClass }, this.ceilingOf(source)];
  }

  private ceilingOf(source: string): Limit {
    const rate = times(CEILING, this.rates.auth);
    return { key: `{source:${source}}`, rate, policy: 'source', class: 'source' };
  }
}

/** The peer that is not one of our proxies. What is no address counts as the peer itself. */
function sourceOfRequest(request: FastifyRequest): string {
  return (
    sourceOf(request.context?.ipAddress ?? request.ip) ?? sourceOf(request.socket.remoteAddress ?? '') ?? 'unknown'
  );
}
