import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A place of a customer where machines stand. */
@Entity('sites')
export class SiteRow {
  @PrimaryColumn('text') tenant_id: string;
  @PrimaryColumn('text') id: string;
  @Column('text') customer_id: string;
  @Column('text') name: string;
  @Column('text', { nullable: true }) address: string | null;
  @Column('text', { nullable: true }) timezone: string | null;
  @Column('text', { nullable: true }) notes: string | null;
  @Column('int') version: number;
  @Column('timestamptz') created_at: Date;
  @Column('timestamptz') updated_at: Date;
}
