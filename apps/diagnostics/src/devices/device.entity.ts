import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A machine of a tenant, as its last diagnostics described it. */
@Entity('devices')
export class Device {
  @PrimaryColumn('text') tenant_id: string;
  @PrimaryColumn('text') id: string;
  @Column('text', { nullable: true }) hostname: string | null;
  @Column('text', { nullable: true }) serial: string | null;
  @Column('text', { nullable: true }) hardware_uuid: string | null;
  @Column('text', { nullable: true }) manufacturer: string | null;
  @Column('text', { nullable: true }) model: string | null;
  @Column('text', { array: true }) macs: string[];
  @Column('text', { array: true }) tags: string[];
  @Column('timestamptz') created_at: Date;
  @Column('timestamptz') updated_at: Date;
  @Column('timestamptz', { nullable: true }) last_seen_at: Date | null;
  @Column('text', { nullable: true }) latest_diagnostic_id: string | null;
  @Column('timestamptz', { nullable: true }) latest_collected_at: Date | null;
}
