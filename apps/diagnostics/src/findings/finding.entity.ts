import type { Acknowledgement, Category, Evidence, FindingState, Severity } from '@techze/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Life, Sample } from './life/index.js';

/** A fault of a device over all of its diagnostics; one row a key. */
@Entity('findings')
export class FindingRow implements Life {
  @PrimaryColumn('text') tenant_id: string;
  @PrimaryColumn('text') id: string;
  @Column('text') device_id: string;
  @Column('text') key: string;
  @Column('text', { nullable: true }) instance: string | null;
  @Column('text') category: Category;
  @Column('text') code: string;
  @Column('text') severity: Severity;
  @Column('text') title: string;
  @Column('json') evidence: Evidence;
  @Column('float8') points: number;
  @Column('text') state: FindingState;
  @Column('timestamptz') first_seen: Date;
  @Column('timestamptz') last_seen: Date;
  @Column('int') occurrences: number;
  @Column('int') consecutive: number;
  @Column('timestamptz', { nullable: true }) opened_at: Date | null;
  @Column('timestamptz', { nullable: true }) resolved_at: Date | null;
  @Column('timestamptz', { nullable: true }) alerted_at: Date | null;
  @Column('text', { nullable: true }) alerted_severity: Severity | null;
  @Column('bool') flapping: boolean;
  @Column('json') changes: readonly string[];
  @Column('json') samples: readonly Sample[];
  @Column('json', { nullable: true }) acknowledgement: Acknowledgement | null;
  /** The end of the acknowledgement, where the sweep finds it. */
  @Column('timestamptz', { nullable: true }) acknowledged_until: Date | null;
  @Column('text', { nullable: true }) suppressed_by: string | null;
  /** The last that saw it; null once that is deleted. */
  @Column('text', { nullable: true }) last_diagnostic_id: string | null;
  /** Counts what became of it, not how often it was seen. */
  @Column('int') version: number;
  @Column('timestamptz') created_at: Date;
  @Column('timestamptz') updated_at: Date;
}
