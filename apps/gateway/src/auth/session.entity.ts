import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Why a session ended before its time. */
export type RevocationReason =
  | 'logout'
  | 'refresh_reuse'
  | 'revoked'
  | 'password_changed'
  | 'password_reset'
  | 'role_changed'
  | 'disabled'
  | 'deleted';

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
  @Column('text', { nullable: true }) revoked_reason: RevocationReason | null;
  @Column('text', { nullable: true }) ip_address: string | null;
  @Column('text', { nullable: true }) user_agent: string | null;
}
