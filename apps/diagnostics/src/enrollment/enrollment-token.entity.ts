import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Lets so many agents of a tenant in, until it expires. Only the hash of the token itself is kept. */
@Entity('enrollment_tokens')
export class EnrollmentTokenRow {
  @PrimaryColumn('text') tenant_id: string;
  @PrimaryColumn('text') id: string;
  @Column('text') token_hash: string;
  @Column('text', { nullable: true }) name: string | null;
  @Column('text', { nullable: true }) site_id: string | null;
  @Column('timestamptz') expires_at: Date;
  @Column('int') max_uses: number;
  @Column('int') uses: number;
  @Column('uuid', { nullable: true }) created_by: string | null;
  @Column('timestamptz') created_at: Date;
  @Column('timestamptz', { nullable: true }) last_used_at: Date | null;
  @Column('timestamptz', { nullable: true }) revoked_at: Date | null;
}
