import { Body, Controller, HttpCode, Post, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from '@techze/auth';
import { EnrollDevice, EnrolledDevice } from '@techze/contracts';
import type { FastifyReply } from 'fastify';
import { RateClass } from '../limits/rate-class.decorator.js';
import { Answers, bodyProblems, dependencyProblems } from '../openapi/answers.decorator.js';
import { AgentAdmission } from './agent-admission.js';

@ApiTags('enrollment')
@Controller('api/v1/devices')
export class EnrollmentController {
  constructor(private readonly admission: AgentAdmission) {}

  @Public()
  @RateClass('auth')
  @Post('enroll')
  @HttpCode(201)
  @ApiOperation({
    operationId: 'enrollDevice',
    security: [],
    summary: 'Trade an enrollment token for a device credential',
    description:
      'The device is found by the agent’s own id, else by serial number, uuid or host name, else made. Where another agent lives on a machine of that description, it is made too, and both are in identity_conflict. An agent whose answer was lost may send the same again until it has used its credential: no further use is counted, and the earlier credential ends.',
  })
  @Answers(201, EnrolledDevice, ['invalid-enrollment-token', 'outcome-unknown', ...bodyProblems, ...dependencyProblems])
  async enroll(
    @Body({ schema: EnrollDevice }) body: EnrollDevice,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<EnrolledDevice> {
    const enrolled = await this.admission.enroll(body);
    void reply.header('location', `/api/v1/devices/${enrolled.device_id}`);
    return enrolled;
  }
}
