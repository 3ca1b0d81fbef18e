import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One login and all tokens that came of it. */
@Entity('sessions')
export class Session {
  @PrimaryColumn('text') tenant_id: string;
  @PrimaryColumn('text') id: string;
  @Column('uuid') user_id: string;
  @Column('timestamptz') created_at: Date;
  @Column('timestamptz') last_used_at: Date;
  @Column('timestamptz') idle_expires_at: Date;
  @Column('timestamptz') expires_at: Date;
  @Column('timestamptz', { nullable: true }) revoked_at: Date | null;
  @Column('text', { nullable: true }) revoked_reason: string | null;
  @Column('text', { nullable: true }) ip_address: string | null;
  @Column('text', { nullable: true }) user_agent: string | null;
}
