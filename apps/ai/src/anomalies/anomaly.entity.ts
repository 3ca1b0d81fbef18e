import type { AnomalyKind, AnomalyState, AnomalyVerdict, Severity } from '@techze/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Contributor } from '../models/segments/index.js';
import type { Detector } from './strange-row.js';

/** Samples of one series that are strange together, as one detector sees it. */
@Entity('anomalies')
export class AnomalyRow {
  @PrimaryColumn('text') tenant_id: string;
  @PrimaryColumn('text') id: string;
  @Column('text') device_id: string;
  @Column('text') peak_diagnostic_id: string;
  @Column('text') metric: string;
  /** Empty where there is but one. */
  @Column('text') instance: string;
  @Column('text') detector: Detector;
  @Column('text') kind: AnomalyKind;
  @Column('text') severity: Severity;
  @Column('text') state: AnomalyState;
  @Column('float8') score: number;
  @Column('float8') threshold: number;
  @Column('float8', { nullable: true }) value: number | null;
  @Column('float8', { nullable: true }) expected_low: number | null;
  @Column('float8', { nullable: true }) expected_high: number | null;
  /** How far out its peak is, and on which side: what people's verdicts are compared by. */
  @Column('float8') size: number;
  @Column('smallint') side: number;
  @Column('json') contributors: readonly Contributor[];
  @Column('timestamptz') start_at: Date;
  @Column('timestamptz') end_at: Date;
  @Column('timestamptz') peak_at: Date;
  @Column('int') samples: number;
  /** Rows since the last strange one. */
  @Column('int') quiet: number;
  @Column('text', { nullable: true }) verdict: AnomalyVerdict | null;
  @Column('text', { nullable: true }) verdict_by: string | null;
  @Column('timestamptz', { nullable: true }) verdict_at: Date | null;
  @Column('int') version: number;
  @Column('timestamptz') created_at: Date;
  @Column('timestamptz') updated_at: Date;
}
