import { Module } from '@nestjs/common';
import { AuditSealer } from './audit-sealer.js';
import { AuditSealsRepository } from './audit-seals.repository.js';

/** Seals the audit trail for as long as the process runs. */
@Module({ providers: [AuditSealer, AuditSealsRepository] })
export class AuditSealingModule {}
