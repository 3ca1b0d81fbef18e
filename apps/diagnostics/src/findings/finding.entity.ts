import type { Category, Evidence, FindingState, Severity } from '@techze/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A fault of a device over all of its diagnostics; one row a key. */
@Entity('findings')
export class FindingRow {
  @PrimaryColumn('text') tenant_id: string;
  @PrimaryColumn('text') id: string;
  @Column('text') device_id: string;
  @Column('text') key: string;
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
  @Column('text') last_diagnostic_id: string;
}
