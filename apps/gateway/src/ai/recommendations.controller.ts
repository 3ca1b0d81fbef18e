import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import {
  DismissedRecommendation,
  DismissRecommendation,
  dismissRecommendation,
  listRecommendations,
  ListRecommendationsQuery,
  Recommendations,
  type ReportLanguage,
} from '@techze/contracts';
import { currentContext } from '@techze/observability';
import { RpcClient } from '@techze/transport';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { RateClass } from '../limits/rate-class.decorator.js';
import { Allow } from '../openapi/allow.decorator.js';
import { Answers, bodyProblems, dependencyProblems } from '../openapi/answers.decorator.js';
import { Language } from './language.decorator.js';

const refused = ['invalid-token', 'forbidden'] as const;

@ApiTags('ai')
@RateClass('api_heavy')
@Controller('api/v3/ai/recommendations')
export class RecommendationsController {
  constructor(private readonly rpc: RpcClient) {}

  @Allow(...listRecommendations.roles)
  @Get()
  @ApiOperation({
    operationId: 'listRecommendations',
    summary: 'Get what is worth doing',
    description:
      'By rules over open findings, predictions (disk failure, disk full, battery wear), open anomalies and incidents of the fleet, the most worth doing first: priority = probability × impact ÷ effort. Each evidence is a path to GET. Of a healthy device none. Without `device_id` of all devices, where only the ten with the most points lost are predicted for. What was dismissed is left out until its priority is a quarter higher.',
  })
  @ApiHeader({
    name: 'Accept-Language',
    required: false,
    description: 'pt or en, where `lang` does not say; else pt-BR.',
  })
  @Answers(200, Recommendations, [
    ...refused,
    'device-not-found',
    'validation-failed',
    'computation-too-long',
    ...dependencyProblems,
  ])
  async list(
    @Query({ schema: ListRecommendationsQuery }) { device_id, limit, lang }: ListRecommendationsQuery,
    @Language() accepted: ReportLanguage,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Recommendations> {
    const language = lang ?? accepted;
    const answer = await this.rpc.call(listRecommendations, {
      ...(device_id !== undefined && { device_id }),
      limit,
      language,
    });
    void reply.headers({ 'content-language': language, vary: 'Origin, Accept-Language' });
    return answer;
  }

  @Allow(...dismissRecommendation.roles)
  @Post(':id/dismiss')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'dismissRecommendation',
    summary: 'Put a recommendation aside',
    description:
      'It is listed no more until its priority is a quarter higher than now. Dismissing it then puts it aside again. Audited.',
  })
  @ApiParam({ name: 'id', example: 'rec_5b1f0c2d9e8a47635b1f0c2d9e8a4763' })
  @ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description: 'Up to 255 characters; the same key and body bring the first answer again for 24 h.',
  })
  @Answers(200, DismissedRecommendation, [
    ...refused,
    'recommendation-not-found',
    'idempotency-key-in-use',
    'idempotency-key-reused',
    'outcome-unknown',
    'computation-too-long',
    ...bodyProblems,
    ...dependencyProblems,
  ])
  async dismiss(
    @Param('id', { schema: z.string() }) id: string,
    @Body({ schema: DismissRecommendation }) body: DismissRecommendation,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DismissedRecommendation> {
    const { dismissed, replayed } = await this.rpc.call(dismissRecommendation, { id, body });
    // Without a key it was the transport that asked twice, and nobody else's business.
    if (replayed && currentContext()?.idempotencyKey !== undefined) void reply.header('idempotency-replayed', 'true');
    return dismissed;
  }
}
