import { Module, type DynamicModule } from '@nestjs/common';
import { AuditRecorder } from './audit-recorder.js';

/** Provides the recorder of the audit trail everywhere. */
@Module({})
export class AuditModule {
  static forRoot(): DynamicModule {
    return { module: AuditModule, global: true, providers: [AuditRecorder], exports: [AuditRecorder] };
  }
}
