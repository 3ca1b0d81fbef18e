import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import {
  AnomalyFeedback,
  AnomalyPage,
  AnomalyPreview,
  AnomalyRate,
  DeviceAnomaly,
  getAnomaly,
  getAnomalyRate,
  judgeAnomaly,
  listAnomalies,
  ListAnomaliesQuery,
  PreviewAnomalies,
  previewAnomalies,
  type IfMatch as Versions,
} from '@techze/contracts';
import { currentContext } from '@techze/observability';
import { RpcClient } from '@techze/transport';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { RateClass } from '../limits/rate-class.decorator.js';
import { Allow } from '../openapi/allow.decorator.js';
import { Answers, bodyProblems, dependencyProblems } from '../openapi/answers.decorator.js';
import { IfMatch } from '../versions/if-match.decorator.js';
import { Precondition, Versioned } from '../versions/versioned.decorator.js';

const refused = ['invalid-token', 'forbidden'] as const;
const idExample = { name: 'id', example: 'anm_019aa8c51f6b7d1e8f0a2b3c4d5e6f95' };

@ApiTags('ai')
@RateClass('api_heavy')
@Controller('api/v3/ai')
export class AnomaliesController {
  constructor(private readonly rpc: RpcClient) {}

  @Allow(...listAnomalies.roles)
  @Get('anomalies')
  @ApiOperation({
    operationId: 'listAnomalies',
    summary: 'List anomalies',
    description:
      'What was strange in the samples of devices, newest first. `from` and `to` take those that lasted into that time. They are kept for 90 days after their last strange sample, and go with the diagnostic of their peak.',
  })
  @Answers(200, AnomalyPage, [...refused, 'validation-failed', 'invalid-cursor', ...dependencyProblems])
  list(@Query({ schema: ListAnomaliesQuery }) query: ListAnomaliesQuery): Promise<AnomalyPage> {
    return this.rpc.call(listAnomalies, query);
  }

  @Allow(...previewAnomalies.roles)
  @Post('anomalies/preview')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'previewAnomalies',
    summary: 'How often a setting would have fired',
    description:
      'Takes the stored samples of one series through the detectors again, one by one as they came, and says how many anomalies each sensitivity would have told of, with and without what people said of earlier ones. Nothing is saved.',
  })
  @Answers(200, AnomalyPreview, [...refused, 'device-not-found', ...bodyProblems, ...dependencyProblems])
  preview(@Body({ schema: PreviewAnomalies }) body: PreviewAnomalies): Promise<AnomalyPreview> {
    return this.rpc.call(previewAnomalies, body);
  }

  @Allow(...getAnomaly.roles)
  @Get('anomalies/:id')
  @Versioned()
  @ApiOperation({ operationId: 'getAnomaly', summary: 'Get an anomaly' })
  @ApiParam(idExample)
  @Answers(200, DeviceAnomaly, [...refused, 'anomaly-not-found', ...dependencyProblems])
  get(@Param('id', { schema: z.string() }) id: string): Promise<DeviceAnomaly> {
    return this.rpc.call(getAnomaly, { id });
  }

  @Allow(...judgeAnomaly.roles)
  @Post('anomalies/:id/feedback')
  @HttpCode(200)
  @Precondition()
  @ApiOperation({
    operationId: 'judgeAnomaly',
    summary: 'Say whether an anomaly was one',
    description:
      '`false_positive` ends it, and what comes later in its series on the same side is normal as far out as its peak; up to twice as far the threshold is raised by a step, which fades with a half-life of 30 days; farther out nothing changes. `confirmed` takes that back, or the newest refutation before it of the same sort. Changing one’s mind is allowed. Audited.',
  })
  @ApiParam(idExample)
  @ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description: 'Up to 255 characters; the same key and body bring the first answer again for 24 h.',
  })
  @Answers(200, DeviceAnomaly, [
    ...refused,
    'anomaly-not-found',
    'precondition-failed',
    'idempotency-key-in-use',
    'idempotency-key-reused',
    'outcome-unknown',
    ...bodyProblems,
    ...dependencyProblems,
  ])
  async judge(
    @Param('id', { schema: z.string() }) id: string,
    @Body({ schema: AnomalyFeedback }) body: AnomalyFeedback,
    @IfMatch() versions: Versions,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DeviceAnomaly> {
    const { anomaly, replayed } = await this.rpc.call(judgeAnomaly, { id, body, if_match: versions });
    // Without a key it was the transport that asked twice, and nobody else's business.
    if (replayed && currentContext()?.idempotencyKey !== undefined) void reply.header('idempotency-replayed', 'true');
    return anomaly;
  }

  @Allow(...getAnomalyRate.roles)
  @Get('devices/:id/anomaly-rate')
  @ApiOperation({
    operationId: 'getAnomalyRate',
    summary: 'How many samples of a device were anomalies',
    description: 'Of the last 24 hours and of the last seven days, by the time of the diagnostics.',
  })
  @ApiParam({ name: 'id', example: 'dev_019aa8c51f6b7d1e8f0a2b3c4d5e6f71' })
  @Answers(200, AnomalyRate, [...refused, 'device-not-found', ...dependencyProblems])
  rate(@Param('id', { schema: z.string() }) id: string): Promise<AnomalyRate> {
    return this.rpc.call(getAnomalyRate, { device_id: id });
  }
}
