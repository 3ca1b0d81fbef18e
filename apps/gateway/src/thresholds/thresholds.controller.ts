import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import {
  ChangeThreshold,
  changeThreshold,
  CreateThreshold,
  createThreshold,
  deleteThreshold,
  EffectiveThresholds,
  EffectiveThresholdsQuery,
  getEffectiveThresholds,
  getThreshold,
  getThresholdCatalogue,
  listThresholds,
  ListThresholdsQuery,
  PreviewThreshold,
  previewThreshold,
  Threshold,
  ThresholdCatalogue,
  ThresholdPage,
  ThresholdPreview,
  type IfMatch as Versions,
} from '@techze/contracts';
import { currentContext } from '@techze/observability';
import { RpcClient } from '@techze/transport';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Allow } from '../openapi/allow.decorator.js';
import { Answers, bodyProblems, dependencyProblems } from '../openapi/answers.decorator.js';
import { IfMatch } from '../versions/if-match.decorator.js';
import { Precondition, Versioned } from '../versions/versioned.decorator.js';

const refused = ['invalid-token', 'forbidden'] as const;
const idExample = { name: 'id', example: 'thr_019aa8c51f6b7d1e8f0a2b3c4d5e6f90' };

@ApiTags('thresholds')
@Controller('api/v1/thresholds')
export class ThresholdsController {
  constructor(private readonly rpc: RpcClient) {}

  @Allow(...createThreshold.roles)
  @Post()
  @HttpCode(201)
  @Versioned()
  @ApiOperation({
    operationId: 'createThreshold',
    summary: 'Override a check',
    description:
      'For the whole tenant, one site or one device; one override a check and scope. Device beats site beats tenant beats the check’s own limits, level by level, and what comes of it must be in order. It holds for the very next diagnostic. Audited.',
  })
  @ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description: 'Up to 255 characters; the same key and body bring the first answer again for 24 h.',
  })
  @Answers(201, Threshold, [
    ...refused,
    'site-not-found',
    'device-not-found',
    'threshold-exists',
    'idempotency-key-in-use',
    'idempotency-key-reused',
    'outcome-unknown',
    ...bodyProblems,
    ...dependencyProblems,
  ])
  async create(
    @Body({ schema: CreateThreshold }) body: CreateThreshold,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Threshold> {
    const { threshold, replayed } = await this.rpc.call(createThreshold, body);
    void reply.header('location', `/api/v1/thresholds/${threshold.id}`);
    // Without a key it was the transport that asked twice, and nobody else's business.
    if (replayed && currentContext()?.idempotencyKey !== undefined) void reply.header('idempotency-replayed', 'true');
    return threshold;
  }

  @Allow(...listThresholds.roles)
  @Get()
  @ApiOperation({ operationId: 'listThresholds', summary: 'List overrides', description: 'Newest first.' })
  @Answers(200, ThresholdPage, [...refused, 'validation-failed', 'invalid-cursor', ...dependencyProblems])
  list(@Query({ schema: ListThresholdsQuery }) query: ListThresholdsQuery): Promise<ThresholdPage> {
    return this.rpc.call(listThresholds, query);
  }

  @Allow(...getThresholdCatalogue.roles)
  @Get('checks')
  @ApiOperation({
    operationId: 'listChecks',
    summary: 'What can be overridden',
    description: 'Every check of this release with its own limits and where they come from.',
  })
  @Answers(200, ThresholdCatalogue, [...refused, ...dependencyProblems])
  checks(): Promise<ThresholdCatalogue> {
    return this.rpc.call(getThresholdCatalogue, {});
  }

  @Allow(...getEffectiveThresholds.roles)
  @Get('effective')
  @ApiOperation({
    operationId: 'getEffectiveThresholds',
    summary: 'What one device is judged by',
    description:
      'Every check as it is in force there, and who says so, level by level. An override whose levels contradict what was said nearer to the device, because a wider one changed since, is set aside and named.',
  })
  @Answers(200, EffectiveThresholds, [...refused, 'device-not-found', 'validation-failed', ...dependencyProblems])
  effective(
    @Query({ schema: EffectiveThresholdsQuery }) query: EffectiveThresholdsQuery,
  ): Promise<EffectiveThresholds> {
    return this.rpc.call(getEffectiveThresholds, query);
  }

  @Allow(...previewThreshold.roles)
  @Post('preview')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'previewThreshold',
    summary: 'What an override would have fired',
    description:
      'Judges the stored readings of the last days again, under what is in force now and under the proposed override, and tells both through the life of findings: hysteresis, fails_before_alert and flap damping count alerts, not samples. Nothing is saved. The replay begins with nothing open, knows no maintenance window and no acknowledgement, and takes no part for gone.',
  })
  @Answers(200, ThresholdPreview, [
    ...refused,
    'site-not-found',
    'device-not-found',
    ...bodyProblems,
    ...dependencyProblems,
  ])
  preview(@Body({ schema: PreviewThreshold }) body: PreviewThreshold): Promise<ThresholdPreview> {
    return this.rpc.call(previewThreshold, body);
  }

  @Allow(...getThreshold.roles)
  @Get(':id')
  @Versioned()
  @ApiOperation({ operationId: 'getThreshold', summary: 'Get an override' })
  @ApiParam(idExample)
  @Answers(200, Threshold, [...refused, 'threshold-not-found', ...dependencyProblems])
  get(@Param('id', { schema: z.string() }) id: string): Promise<Threshold> {
    return this.rpc.call(getThreshold, { id });
  }

  @Allow(...changeThreshold.roles)
  @Patch(':id')
  @Precondition()
  @ApiOperation({
    operationId: 'changeThreshold',
    summary: 'Change an override',
    description: 'What is absent stays; `levels` is replaced whole. Check, scope and place are fixed. Audited.',
  })
  @ApiParam(idExample)
  @Answers(200, Threshold, [
    ...refused,
    'threshold-not-found',
    'precondition-failed',
    'outcome-unknown',
    ...bodyProblems,
    ...dependencyProblems,
  ])
  change(
    @Param('id', { schema: z.string() }) id: string,
    @Body({ schema: ChangeThreshold }) change: ChangeThreshold,
    @IfMatch() versions: Versions,
  ): Promise<Threshold> {
    return this.rpc.call(changeThreshold, { id, change, if_match: versions });
  }

  @Allow(...deleteThreshold.roles)
  @Delete(':id')
  @HttpCode(204)
  @Precondition()
  @ApiOperation({
    operationId: 'deleteThreshold',
    summary: 'Take an override back',
    description: 'The wider scope, at last the check itself, decides again. Audited.',
  })
  @ApiParam(idExample)
  @Answers(204, null, [
    ...refused,
    'threshold-not-found',
    'precondition-failed',
    'outcome-unknown',
    ...dependencyProblems,
  ])
  async remove(@Param('id', { schema: z.string() }) id: string, @IfMatch() versions: Versions): Promise<void> {
    await this.rpc.call(deleteThreshold, { id, if_match: versions });
  }
}
