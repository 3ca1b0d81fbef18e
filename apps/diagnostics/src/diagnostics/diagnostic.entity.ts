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

/** A dated diagnosis of one machine: evidence, verdict and the findings as they stood then. Never rewritten. */
@Entity('diagnostics')
export class DiagnosticRow {
  @PrimaryColumn('text') tenant_id: string;
  @PrimaryColumn('text') id: string;
  @Column('text') device_id: string;
  @Column('text') type: DiagnosticType;
  @Column('text') status: DiagnosticStatus;
  @Column('bool') partial: boolean;
  @Column('timestamptz') collected_at: Date;
  @Column('timestamptz', { nullable: true }) received_at: Date | null;
  @Column('timestamptz') created_at: Date;
  @Column('int', { nullable: true }) duration_ms: number | null;
  @Column('int') schema_version: number;
  @Column('text', { nullable: true }) scoring_version: string | null;
  @Column('json', { nullable: true }) agent: AgentDescription | null;
  @Column('float8', { nullable: true }) score: number | null;
  @Column('text', { nullable: true }) band: Band | null;
  @Column('float8', { nullable: true }) coverage: number | null;
  @Column('json', { nullable: true }) health: Health | null;
  @Column('json') findings: Finding[];
  @Column('text', { array: true }) severities: Severity[];
  @Column('text', { nullable: true }) notes: string | null;
  @Column('text', { array: true }) tags: string[];
}
