import type { CommitMark } from '@techze/observability';
import { Problem } from '@techze/contracts';
import type { Demand } from '../cluster/cluster.js';
import { PROLOGUE } from '../cluster/prepared.js';
import type { Preface } from '../cluster/tenant-query.js';
import type { Claims } from './identity.js';

/** As whom, where and until when something runs. */
export interface TransactionPlan extends Demand {
  readonly purpose: 'read' | 'write';
  /** The NOLOGIN role that holds the grants, `svc_…`. */
  readonly role: string;
  readonly claims: Claims;
  /** Is told of the commit. */
  readonly commits?: CommitMark | undefined;
}

/** The prologue of one plan. What of it stays the same is made once. */
export class Prologue {
  private readonly claims: string;

  constructor(
    private readonly plan: TransactionPlan,
    private readonly statementTimeoutMs: number,
  ) {
    this.claims = plan.claims === null ? '' : JSON.stringify(plan.claims);
  }

  preface(timeoutMs: number): Preface {
    const { role, purpose } = this.plan;
    // A write leaves it as it is: a server that takes none says so at the write, whatever the reason.
    return { statement: PROLOGUE, values: [role, this.claims, String(timeoutMs), purpose === 'read' ? 'on' : null] };
  }

  /** @throws Problem `deadline-exceeded` when nobody waits any more */
  remainingMs(): number {
    const { deadline } = this.plan;
    if (deadline === undefined) return this.statementTimeoutMs;
    const leftMs = deadline - Date.now();
    if (leftMs < 1) throw new Problem('deadline-exceeded');
    return Math.min(this.statementTimeoutMs, Math.ceil(leftMs));
  }
}
