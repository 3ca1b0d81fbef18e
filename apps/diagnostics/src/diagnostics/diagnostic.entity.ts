import type {
  AgentDescription,
  Band,
  DiagnosticStatus,
  DiagnosticType,
  Finding,
  Health,
  Severity,
} from '@techze/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { StoredReading } from '../scoring/index.js';

/** A dated diagnosis of one machine: evidence, verdict and the findings as they stood then. Only notes and tags ever change. */
@Entity('diagnostics')
export class DiagnosticRow {
  @PrimaryColumn('text') tenant_id: string;
  @PrimaryColumn('text') id: string;
  @Column('text') device_id: string;
  @Column('text') type: DiagnosticType;
  @Column('text') status: DiagnosticStatus;
  @Column('bool') partial: boolean;
  @Column('timestamptz', { nullable: true }) collected_at: Date | null;
  @Column('timestamptz', { nullable: true }) received_at: Date | null;
  @Column('timestamptz', { nullable: true }) seen_at: Date | null;
  @Column('float8', { nullable: true }) clock_skew_ms: number | null;
  @Column('timestamptz') created_at: Date;
  @Column('int', { nullable: true }) duration_ms: number | null;
  @Column('int') schema_version: number;
  @Column('text', { nullable: true }) scoring_version: string | null;
  @Column('json', { nullable: true }) agent: AgentDescription | null;
  @Column('float8', { nullable: true }) score: number | null;
  @Column('text', { nullable: true }) band: Band | null;
  @Column('float8', { nullable: true }) coverage: number | null;
  @Column('json', { nullable: true }) health: Health | null;
  @Column('json', { nullable: true }) findings: Finding[] | null;
  @Column('text', { array: true }) severities: Severity[];
  @Column('text', { nullable: true }) notes: string | null;
  @Column('text', { array: true }) tags: string[];
  /** Who asked for it, and until when: a diagnostic that was requested. */
  @Column('text', { nullable: true }) requested_by: string | null;
  @Column('timestamptz', { nullable: true }) expires_at: Date | null;
  @Column('int') version: number;
  @Column('timestamptz') updated_at: Date;
  /** What was judged, to judge it again; loaded only by those who do. */
  @Column('json', { nullable: true, select: false }) readings?: readonly StoredReading[] | null;
}
