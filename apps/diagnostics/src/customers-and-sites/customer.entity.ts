import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Whom a tenant keeps machines for. */
@Entity('customers')
export class CustomerRow {
  @PrimaryColumn('text') tenant_id: string;
  @PrimaryColumn('text') id: string;
  @Column('text') name: string;
  @Column('text', { nullable: true }) contact_name: string | null;
  @Column('text', { nullable: true }) email: string | null;
  @Column('text', { nullable: true }) phone: string | null;
  @Column('text', { nullable: true }) notes: string | null;
  @Column('int') version: number;
  @Column('timestamptz') created_at: Date;
  @Column('timestamptz') updated_at: Date;
}
