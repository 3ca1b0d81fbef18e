import type { UserRole } from '@techze/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A person's account as its admins see it. Nobody reads a password's hash, but whether there is one. */
@Entity('users')
export class Account {
  @PrimaryColumn('uuid') id: string;
  @Column('text') tenant_id: string;
  @Column('text') email: string;
  @Column('text') name: string;
  @Column('text') role: UserRole | 'operator';
  @Column('timestamptz', { nullable: true }) disabled_at: Date | null;
  @Column('boolean') has_password: boolean;
  @Column('integer') version: number;
  @Column('timestamptz') created_at: Date;
  @Column('timestamptz') updated_at: Date;
}
