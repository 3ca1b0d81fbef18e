import { Module, type DynamicModule } from '@nestjs/common';
import { AuditRecorder } from './audit-recorder.js';
import { PersonalData } from './personal/personal-data.js';

/** Provides the recorder of the audit trail everywhere; its process has `auditDataConfig` among its sections. */
@Module({})
export class AuditModule {
  static forRoot(): DynamicModule {
    return {
      module: AuditModule,
      global: true,
      providers: [AuditRecorder, PersonalData],
      exports: [AuditRecorder, PersonalData],
    };
  }
}
