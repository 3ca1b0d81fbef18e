import { Body, Controller, Get, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { PoolReports } from '@techze/bootstrap';
import { BreakerReset, PoolHealth, PoolMetrics, PoolStats, ResetBreaker, type Principal } from '@techze/contracts';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Caller } from '../auth/caller.decorator.js';
import { Allow } from '../openapi/allow.decorator.js';
import { Answers, bodyProblems, dependencyProblems } from '../openapi/answers.decorator.js';
import { BreakerResets } from './breaker-resets.js';
import { poolHealth, poolMetrics, poolStats } from './pool-overview.js';

const refused = ['invalid-token', 'forbidden'] as const;

@ApiTags('pool')
@Controller('api/v3/pool')
export class PoolController {
  constructor(
    private readonly reports: PoolReports,
    private readonly resets: BreakerResets,
  ) {}

  @Allow('operator', 'admin')
  @Get('metrics')
  @ApiOperation({
    operationId: 'getPoolMetrics',
    summary: 'Database connections, latency and errors of every process',
    description:
      'All live processes of all services, as each reported within the last 6 s; rates and quantiles are those of the last minute. A dead process disappears by itself. While Redis is away, this gateway alone.',
  })
  @Answers(200, PoolMetrics, [...refused, 'service-unavailable'])
  async metrics(): Promise<PoolMetrics> {
    return poolMetrics(await this.reports.live(), new Date());
  }

  @Allow('operator', 'admin')
  @Get('health')
  @ApiOperation({
    operationId: 'getPoolHealth',
    summary: 'Health of the database nodes',
    description:
      'The views of all live processes as one: a node is reachable when any of them reaches it, and the primary when any that reaches it holds it for that. Operators also see host, port and last error. While Redis is away, the view of this gateway alone.',
  })
  @Answers(200, PoolHealth, refused)
  @ApiResponse({
    status: 503,
    description: 'No node serves reads, or there is no primary; the same report.',
    standardSchema: PoolHealth,
  })
  async health(@Caller() caller: Principal, @Res({ passthrough: true }) reply: FastifyReply): Promise<PoolHealth> {
    const health = poolHealth(await this.reports.live(), { detailed: caller.role === 'operator' });
    void reply.status(health.status === 'unhealthy' ? 503 : 200);
    return health;
  }

  @Allow('operator', 'admin')
  @Get('stats')
  @ApiOperation({
    operationId: 'getPoolStats',
    summary: 'What every process counted of every node since it started',
    description:
      'Totals, time-outs, waits, retries, failovers and histograms of all live processes, and the strategy in force in each.',
  })
  @Answers(200, PoolStats, [...refused, 'service-unavailable'])
  async stats(): Promise<PoolStats> {
    return poolStats(await this.reports.live(), new Date());
  }

  @Allow('operator')
  @Post('nodes/:node_id/reset')
  @HttpCode(202)
  @ApiOperation({
    operationId: 'resetPoolBreaker',
    summary: 'Close the breaker of a node in every process',
    description: 'The node gets all of its weight again at once, until it fails five times in a row anew. Audited.',
  })
  @ApiParam({ name: 'node_id', example: 'replica_1' })
  @Answers(202, BreakerReset, [...refused, 'pool-node-not-found', ...bodyProblems, ...dependencyProblems])
  reset(
    @Param('node_id', { schema: z.string() }) nodeId: string,
    @Body({ schema: ResetBreaker }) _settings: ResetBreaker,
  ): Promise<BreakerReset> {
    return this.resets.reset(nodeId);
  }
}
