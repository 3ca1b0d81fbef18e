import { Module } from '@nestjs/common';
import { AuditModule } from '../audit.module.js';
import { AuditUpkeep } from '../retention/audit-upkeep.js';
import { AuditSealer } from './audit-sealer.js';
import { AuditSealsRepository } from './audit-seals.repository.js';

/** Seals the audit trail and lets go of what is too old, for as long as the process runs. */
@Module({ imports: [AuditModule.forRoot()], providers: [AuditSealer, AuditSealsRepository, AuditUpkeep] })
export class AuditSealingModule {}
