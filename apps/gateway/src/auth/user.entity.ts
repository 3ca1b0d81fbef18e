import type { UserRole } from '@techze/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A person's account. The password's hash is not a column here: nobody may read it but the login look-up. */
@Entity('users')
export class User {
  @PrimaryColumn('uuid') id: string;
  @Column('text') tenant_id: string;
  @Column('text') email: string;
  @Column('text') name: string;
  @Column('text') role: UserRole | 'operator';
  @Column('timestamptz', { nullable: true }) disabled_at: Date | null;
}
