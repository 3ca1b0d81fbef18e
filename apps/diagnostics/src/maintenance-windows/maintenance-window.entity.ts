import { Column, Entity, PrimaryColumn } from 'typeorm';

/** When machines are worked on; without a place and without tags, all of the tenant's. */
@Entity('maintenance_windows')
export class MaintenanceWindowRow {
  @PrimaryColumn('text') tenant_id: string;
  @PrimaryColumn('text') id: string;
  @Column('text') name: string;
  @Column('text', { nullable: true }) reason: string | null;
  @Column('text', { nullable: true }) customer_id: string | null;
  @Column('text', { nullable: true }) site_id: string | null;
  @Column('text', { nullable: true }) device_id: string | null;
  @Column('text', { array: true }) tags: string[];
  @Column('timestamptz') starts_at: Date;
  @Column('timestamptz', { nullable: true }) ends_at: Date | null;
  @Column('text', { nullable: true }) cron: string | null;
  @Column('text', { nullable: true }) timezone: string | null;
  @Column('int', { nullable: true }) duration_minutes: number | null;
  @Column('uuid', { nullable: true }) created_by: string | null;
  @Column('int') version: number;
  @Column('timestamptz') created_at: Date;
  @Column('timestamptz') updated_at: Date;
}
