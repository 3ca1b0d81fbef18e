import { Controller, Get, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Public, SignedContexts } from '@techze/auth';
import { HealthChecks } from '@techze/bootstrap';
import {
  checkServiceHealth,
  services,
  SuiteHealthReport,
  SYSTEM_TENANT_ID,
  type BackendService,
} from '@techze/contracts';
import { runWith } from '@techze/observability';
import { RpcClient } from '@techze/transport';
import type { FastifyReply } from 'fastify';
import { Answers } from '../openapi/answers.decorator.js';

/** A service that has not said how it is by then is not well. */
const ANSWER_MS = 1_500;
const backends = services.filter((service): service is BackendService => service !== 'gateway');
const healthCommands = new Map(backends.map((service) => [service, checkServiceHealth(service)]));

@ApiTags('health')
@Controller('api/v1/health')
export class SuiteHealthController {
  constructor(
    private readonly checks: HealthChecks,
    private readonly rpc: RpcClient,
    private readonly contexts: SignedContexts,
  ) {}

  @Public()
  @Get()
  @ApiOperation({
    operationId: 'getSuiteHealth',
    security: [],
    summary: 'Health of the whole suite',
    description: '503 when anything is unhealthy.',
  })
  @Answers(200, SuiteHealthReport, [])
  @ApiResponse({
    status: 503,
    description: 'Something is unhealthy; the same report.',
    standardSchema: SuiteHealthReport,
  })
  async health(@Res({ passthrough: true }) reply: FastifyReply): Promise<SuiteHealthReport> {
    const [own, ...others] = await Promise.all([this.checks.report(), ...backends.map((service) => this.ask(service))]);
    const healthy = own.status === 'healthy' && others.every(({ status }) => status === 'healthy');
    void reply.status(healthy ? 200 : 503);
    return { ...own, status: healthy ? 'healthy' : 'unhealthy', services: others };
  }

  private async ask(service: BackendService): Promise<SuiteHealthReport['services'][number]> {
    try {
      const command = healthCommands.get(service) ?? checkServiceHealth(service);
      const token = await this.contexts.mint({
        kind: 'worker',
        tenant_id: SYSTEM_TENANT_ID,
        service: 'gateway',
        role: 'worker',
      });
      const report = await runWith({ token }, () => this.rpc.call(command, {}, { deadlineMs: ANSWER_MS }));
      return { service, status: report.status, replicas: this.rpc.replicas(service) };
    } catch {
      return { service, status: 'unhealthy', replicas: this.rpc.replicas(service) };
    }
  }
}
