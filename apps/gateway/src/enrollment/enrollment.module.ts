import { Module } from '@nestjs/common';
import { EdgeModule } from '../edge/edge.module.js';
import { EnrollmentSecrets } from './enrollment-secrets.js';
import { EnrollmentTokensController } from './enrollment-tokens.controller.js';
import { EnrollmentController } from './enrollment.controller.js';
import { AgentAdmission } from './agent-admission.js';

/** How agents get in. Tokens and credentials live where devices live; their secrets live nowhere. */
@Module({
  imports: [EdgeModule],
  controllers: [EnrollmentController, EnrollmentTokensController],
  providers: [AgentAdmission, EnrollmentSecrets],
})
export class EnrollmentModule {}
