import { Controller, Get, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '@techze/auth';
import type { FastifyReply } from 'fastify';
import { HealthChecks } from './health-checks.js';

/** What kubelets, monitors and people ask every process. */
@ApiExcludeController()
@Public()
@Controller()
export class HealthController {
  constructor(private readonly checks: HealthChecks) {}

  @Get('live')
  live(): { status: 'live' } {
    return { status: 'live' };
  }

  @Get('ready')
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<{ status: 'ready' | 'not_ready' }> {
    const ready = await this.checks.ready();
    void reply.status(ready ? 200 : 503);
    return { status: ready ? 'ready' : 'not_ready' };
  }

  @Get('health')
  async health(@Res({ passthrough: true }) reply: FastifyReply) {
    const report = await this.checks.report();
    void reply.status(report.status === 'healthy' ? 200 : 503);
    return report;
  }
}
