import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A link of a session's chain of refresh tokens. Only the hash is kept. */
@Entity('refresh_tokens')
export class RefreshToken {
  @PrimaryColumn('text') tenant_id: string;
  @PrimaryColumn('text') token_hash: string;
  @Column('text') session_id: string;
  @Column('timestamptz') created_at: Date;
  @Column('timestamptz', { nullable: true }) used_at: Date | null;
}
