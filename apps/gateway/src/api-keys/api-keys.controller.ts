import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import {
  ApiKey,
  ApiKeyPage,
  CreateApiKey,
  ListApiKeysQuery,
  NewApiKey,
  rolesFrom,
  type Principal,
} from '@techze/contracts';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Caller } from '../auth/caller.decorator.js';
import { KeyedCreation, keyProblems, sayReplayed } from '../edge/keyed-creation.js';
import { Allow } from '../openapi/allow.decorator.js';
import { Answers, bodyProblems, dependencyProblems } from '../openapi/answers.decorator.js';
import { ApiKeysService } from './api-keys.service.js';

type User = Extract<Principal, { kind: 'user' }>;

const refused = ['invalid-token', 'forbidden'] as const;
const managers = rolesFrom('admin');
const id = { name: 'id', example: 'key_019aa8c51f6b7d1e8f0a2b3c4d5e6f78' };

@ApiTags('api-keys')
@Controller('api/v1/api-keys')
export class ApiKeysController {
  constructor(private readonly keys: ApiKeysService) {}

  @Allow(...managers)
  @Post()
  @KeyedCreation()
  @ApiOperation({
    operationId: 'createApiKey',
    summary: 'Make an API key',
    description:
      'The key is shown in this answer and never again. It may what its role may, on the operations whose x-api-key-scope it has. To rotate one, make a second and revoke the first. Audited.',
  })
  @Answers(201, NewApiKey, [...refused, 'too-many-api-keys', ...keyProblems, ...bodyProblems, ...dependencyProblems])
  async create(
    @Caller() caller: User,
    @Body({ schema: CreateApiKey }) settings: CreateApiKey,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<NewApiKey> {
    const { value, replayed } = await this.keys.create(caller, settings);
    sayReplayed(reply, replayed);
    void reply.header('location', `/api/v1/api-keys/${value.id}`);
    return value;
  }

  @Allow(...managers)
  @Get()
  @ApiOperation({
    operationId: 'listApiKeys',
    summary: 'List API keys',
    description: 'Newest first, also those that are over; never the keys themselves.',
  })
  @Answers(200, ApiKeyPage, [...refused, 'validation-failed', 'invalid-cursor', ...dependencyProblems])
  list(@Caller() caller: User, @Query({ schema: ListApiKeysQuery }) query: ListApiKeysQuery): Promise<ApiKeyPage> {
    return this.keys.list(caller, query);
  }

  @Allow(...managers)
  @Get(':id')
  @ApiOperation({ operationId: 'getApiKey', summary: 'An API key', description: 'Never the key itself.' })
  @ApiParam(id)
  @Answers(200, ApiKey, [...refused, 'api-key-not-found', ...dependencyProblems])
  find(@Caller() caller: User, @Param('id', { schema: z.string() }) keyId: string): Promise<ApiKey> {
    return this.keys.find(caller, keyId);
  }

  @Allow(...managers)
  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'revokeApiKey',
    summary: 'Revoke an API key',
    description: 'It lets nobody in any more, on every gateway within a second. Audited.',
  })
  @ApiParam(id)
  @Answers(204, null, [...refused, 'api-key-not-found', ...dependencyProblems])
  revoke(@Caller() caller: User, @Param('id', { schema: z.string() }) keyId: string): Promise<void> {
    return this.keys.revoke(caller, keyId);
  }
}
