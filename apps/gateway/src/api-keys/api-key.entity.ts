import type { KeyRole, KeyScope } from '@techze/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What a machine acts under. Only the hash of the key itself is kept. */
@Entity('api_keys')
export class ApiKeyRow {
  @PrimaryColumn('text') tenant_id: string;
  @PrimaryColumn('text') id: string;
  @Column('text') name: string;
  @Column('text') key_hash: string;
  @Column('text') role: KeyRole;
  @Column('text', { array: true }) scopes: KeyScope[];
  @Column('text', { array: true }) source_addresses: string[];
  @Column('timestamptz', { nullable: true }) expires_at: Date | null;
  @Column('uuid', { nullable: true }) created_by: string | null;
  @Column('timestamptz') created_at: Date;
  @Column('timestamptz', { nullable: true }) last_used_at: Date | null;
  @Column('text', { nullable: true }) last_used_address: string | null;
  @Column('timestamptz', { nullable: true }) revoked_at: Date | null;
}
