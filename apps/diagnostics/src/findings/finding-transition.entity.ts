import type { FindingReason, FindingState, FindingTransition, Severity } from '@techze/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What became of a finding, why, and by whom (null: a diagnostic or the clock). Only ever added. */
@Entity('finding_transitions')
export class FindingTransitionRow {
  @PrimaryColumn('text') tenant_id: string;
  @PrimaryColumn('text') id: string;
  @Column('text') finding_id: string;
  @Column('text') device_id: string;
  @Column('text', { nullable: true }) from_state: FindingState | null;
  @Column('text') to_state: FindingState;
  @Column('text') severity: Severity;
  @Column('text') reason: FindingReason;
  @Column('text', { nullable: true }) note: string | null;
  @Column('text', { nullable: true }) actor: string | null;
  @Column('text', { nullable: true }) diagnostic_id: string | null;
  @Column('timestamptz') occurred_at: Date;
}

/** A row as the API shows it. */
export function toTransition(row: FindingTransitionRow): FindingTransition {
  const { from_state, to_state, severity, reason, note, actor, diagnostic_id, occurred_at } = row;
  return {
    from: from_state,
    to: to_state,
    severity,
    reason,
    note,
    actor,
    diagnostic_id,
    occurred_at: occurred_at.toISOString(),
  };
}
