import type { ThresholdLevels, ThresholdScope } from '@techze/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What a tenant wants otherwise about one check: everywhere, at one site or on one device. null: as the wider scope has it. */
@Entity('thresholds')
export class ThresholdRow {
  @PrimaryColumn('text') tenant_id: string;
  @PrimaryColumn('text') id: string;
  @Column('text') scope: ThresholdScope;
  @Column('text', { nullable: true }) site_id: string | null;
  @Column('text', { nullable: true }) device_id: string | null;
  @Column('text') code: string;
  @Column('json') levels: ThresholdLevels;
  @Column('int', { nullable: true }) fails_before_alert: number | null;
  @Column('bool', { nullable: true }) enabled: boolean | null;
  @Column('int') version: number;
  @Column('timestamptz') created_at: Date;
  @Column('timestamptz') updated_at: Date;
}
