import type { Tenant } from '@techze/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An organisation. Nobody but operators sees more than the own one. */
@Entity('tenants')
export class TenantRow {
  @PrimaryColumn('text') id: string;
  @Column('text') name: string;
  @Column('jsonb') rate_limits: Tenant['rate_limits'];
  @Column('timestamptz', { nullable: true }) suspended_at: Date | null;
  @Column('int') version: number;
  @Column('timestamptz') created_at: Date;
  @Column('timestamptz') updated_at: Date;
}
