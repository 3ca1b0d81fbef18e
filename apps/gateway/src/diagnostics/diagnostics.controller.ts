import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import {
  CreateDiagnostic,
  createDiagnostic,
  Diagnostic,
  DiagnosticPage,
  getDiagnostic,
  GetDiagnosticQuery,
  listDiagnostics,
  ListDiagnosticsQuery,
} from '@techze/contracts';
import { currentContext } from '@techze/observability';
import { RpcClient } from '@techze/transport';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Allow } from '../openapi/allow.decorator.js';
import { Answers, bodyProblems, dependencyProblems } from '../openapi/answers.decorator.js';

@ApiTags('diagnostics')
@Controller('api/v1/diagnostics')
export class DiagnosticsController {
  constructor(private readonly rpc: RpcClient) {}

  @Allow(...createDiagnostic.roles)
  @Post()
  @HttpCode(201)
  @ApiOperation({
    operationId: 'createDiagnostic',
    summary: 'Store and score a diagnostic',
    description:
      'The evidence is immutable. A bad value inside a section never refuses the diagnostic: that metric is unknown and the diagnostic is partial.',
  })
  @ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description: 'Up to 255 characters; the same key and body bring the first answer again for 24 h.',
  })
  @Answers(201, Diagnostic, [
    'invalid-token',
    'forbidden',
    'device-not-found',
    'diagnostic-not-found',
    'idempotency-key-in-use',
    'idempotency-key-reused',
    'outcome-unknown',
    ...bodyProblems,
    ...dependencyProblems,
  ])
  async create(
    @Body({ schema: CreateDiagnostic }) body: CreateDiagnostic,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Diagnostic> {
    const { diagnostic, replayed } = await this.rpc.call(createDiagnostic, body);
    void reply.header('location', `/api/v1/diagnostics/${diagnostic.id}`);
    // Without a key it was the transport that asked twice, and nobody else's business.
    if (replayed && currentContext()?.idempotencyKey !== undefined) void reply.header('idempotency-replayed', 'true');
    return diagnostic;
  }

  @Allow(...listDiagnostics.roles)
  @Get()
  @ApiOperation({ operationId: 'listDiagnostics', summary: 'List diagnostics', description: 'Newest first.' })
  @Answers(200, DiagnosticPage, [
    'invalid-token',
    'forbidden',
    'validation-failed',
    'invalid-cursor',
    ...dependencyProblems,
  ])
  list(@Query({ schema: ListDiagnosticsQuery }) query: ListDiagnosticsQuery): Promise<DiagnosticPage> {
    return this.rpc.call(listDiagnostics, query);
  }

  @Allow(...getDiagnostic.roles)
  @Get(':id')
  @ApiOperation({ operationId: 'getDiagnostic', summary: 'Get a diagnostic' })
  @ApiParam({ name: 'id', example: 'dgn_019aa8c51f6b7d1e8f0a2b3c4d5e6f70' })
  @Answers(200, Diagnostic, [
    'invalid-token',
    'forbidden',
    'diagnostic-not-found',
    'validation-failed',
    ...dependencyProblems,
  ])
  get(
    @Param('id', { schema: z.string() }) id: string,
    @Query({ schema: GetDiagnosticQuery }) query: z.output<typeof GetDiagnosticQuery>,
  ): Promise<Diagnostic> {
    return this.rpc.call(getDiagnostic, { id, include: query.include });
  }
}
