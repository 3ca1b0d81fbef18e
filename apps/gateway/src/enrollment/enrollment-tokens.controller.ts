import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import {
  CreateEnrollmentToken,
  EnrollmentTokenPage,
  listEnrollmentTokens,
  ListEnrollmentTokensQuery,
  newId,
  NewEnrollmentToken,
  revokeEnrollmentToken,
  storeEnrollmentToken,
} from '@techze/contracts';
import { RpcClient } from '@techze/transport';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { hashOfSecret } from '../auth/opaque-credentials.js';
import { KeyedCreation, keyProblems, sayReplayed } from '../edge/keyed-creation.js';
import { Allow } from '../openapi/allow.decorator.js';
import { Answers, bodyProblems, dependencyProblems } from '../openapi/answers.decorator.js';
import { EnrollmentSecrets } from './enrollment-secrets.js';

const refused = ['invalid-token', 'forbidden'] as const;

@ApiTags('enrollment')
@Controller('api/v1/enrollment-tokens')
export class EnrollmentTokensController {
  constructor(
    private readonly rpc: RpcClient,
    private readonly secrets: EnrollmentSecrets,
  ) {}

  @Allow(...storeEnrollmentToken.roles)
  @Post()
  @KeyedCreation()
  @ApiOperation({
    operationId: 'createEnrollmentToken',
    summary: 'Make an enrollment token',
    description:
      'The token is shown in this answer and never again. It lets max_uses agents in, for at most 24 h. Audited.',
  })
  @Answers(201, NewEnrollmentToken, [
    ...refused,
    'site-not-found',
    ...keyProblems,
    ...bodyProblems,
    ...dependencyProblems,
  ])
  async create(
    @Body({ schema: CreateEnrollmentToken }) settings: CreateEnrollmentToken,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<NewEnrollmentToken> {
    const id = newId('ent');
    const token_hash = hashOfSecret(this.secrets.tokenOf(id));
    const { enrollment_token, replayed } = await this.rpc.call(storeEnrollmentToken, { id, token_hash, settings });
    sayReplayed(reply, replayed);
    return { ...enrollment_token, token: this.secrets.tokenOf(enrollment_token.id) };
  }

  @Allow(...listEnrollmentTokens.roles)
  @Get()
  @ApiOperation({
    operationId: 'listEnrollmentTokens',
    summary: 'List enrollment tokens',
    description: 'Newest first; never with their secrets.',
  })
  @Answers(200, EnrollmentTokenPage, [...refused, 'validation-failed', 'invalid-cursor', ...dependencyProblems])
  list(@Query({ schema: ListEnrollmentTokensQuery }) query: ListEnrollmentTokensQuery): Promise<EnrollmentTokenPage> {
    return this.rpc.call(listEnrollmentTokens, query);
  }

  @Allow(...revokeEnrollmentToken.roles)
  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'revokeEnrollmentToken',
    summary: 'Revoke an enrollment token',
    description: 'Nobody enrolls with it from now on; agents that are in stay in. Audited.',
  })
  @ApiParam({ name: 'id', example: 'ent_019aa8c51f6b7d1e8f0a2b3c4d5e6f76' })
  @Answers(204, null, [...refused, 'enrollment-token-not-found', ...dependencyProblems])
  async revoke(@Param('id', { schema: z.string() }) id: string): Promise<void> {
    await this.rpc.call(revokeEnrollmentToken, { id });
  }
}
