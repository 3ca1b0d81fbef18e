import type { SectionStatus } from '@techze/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One collector's evidence, kept as it came (`json`, not `jsonb`: a machine may say what jsonb cannot hold). */
@Entity('diagnostic_sections')
export class DiagnosticSectionRow {
  @PrimaryColumn('text') tenant_id: string;
  @PrimaryColumn('text') diagnostic_id: string;
  @PrimaryColumn('text') name: string;
  @Column('text') status: SectionStatus;
  @Column('float8', { nullable: true }) collected_ms: number | null;
  @Column('json', { nullable: true }) data: object | null;
  @Column('text', { nullable: true }) error: string | null;
  @Column('text', { nullable: true }) note: string | null;
}
