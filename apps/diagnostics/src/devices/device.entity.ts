import type { Band, Hardware, IdentityState } from '@techze/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A machine of a tenant, as its newest diagnostic described it. */
@Entity('devices')
export class DeviceRow {
  @PrimaryColumn('text') tenant_id: string;
  @PrimaryColumn('text') id: string;
  @Column('text', { nullable: true }) site_id: string | null;
  @Column('text', { nullable: true }) name: string | null;
  @Column('text', { nullable: true }) notes: string | null;
  @Column('text', { nullable: true }) hostname: string | null;
  @Column('text', { nullable: true }) serial: string | null;
  @Column('text', { nullable: true }) hardware_uuid: string | null;
  @Column('text', { nullable: true }) manufacturer: string | null;
  @Column('text', { nullable: true }) model: string | null;
  @Column('text', { array: true }) macs: string[];
  @Column('text', { array: true }) tags: string[];
  @Column('text', { nullable: true }) os: string | null;
  @Column('text', { nullable: true }) agent_id: string | null;
  @Column('text', { nullable: true }) agent_version: string | null;
  @Column('text') identity_state: IdentityState;
  @Column('timestamptz', { nullable: true }) enrolled_at: Date | null;
  @Column('json', { nullable: true }) hardware: Hardware | null;
  @Column('timestamptz', { nullable: true }) last_seen_at: Date | null;
  @Column('text', { nullable: true }) latest_diagnostic_id: string | null;
  @Column('timestamptz', { nullable: true }) latest_collected_at: Date | null;
  @Column('float8', { nullable: true }) latest_score: number | null;
  @Column('text', { nullable: true }) latest_band: Band | null;
  @Column('float8', { nullable: true }) latest_coverage: number | null;
  @Column('int') version: number;
  @Column('timestamptz') created_at: Date;
  @Column('timestamptz') updated_at: Date;
}
