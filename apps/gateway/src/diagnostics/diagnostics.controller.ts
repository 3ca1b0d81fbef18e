import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import {
  ChangeDiagnostic,
  changeDiagnostic,
  CreateDiagnostic,
  createDiagnostic,
  deleteDiagnostic,
  Diagnostic,
  DiagnosticPage,
  getDiagnostic,
  GetDiagnosticQuery,
  listDiagnostics,
  ListDiagnosticsQuery,
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

const idExample = { name: 'id', example: 'dgn_019aa8c51f6b7d1e8f0a2b3c4d5e6f70' };

@ApiTags('diagnostics')
@RateClass('diagnostics')
@Controller('api/v1/diagnostics')
export class DiagnosticsController {
  constructor(private readonly rpc: RpcClient) {}

  @Allow(...createDiagnostic.roles)
  @Post()
  @HttpCode(201)
  @Versioned()
  @ApiOperation({
    operationId: 'createDiagnostic',
    summary: 'Store and score a diagnostic',
    description:
      'The evidence is immutable. A bad value inside a section never refuses the diagnostic: that metric is unknown and the diagnostic is partial. With diagnostic_id it fulfils the diagnostic that was requested of that device.',
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
    'diagnostic-not-open',
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
  @Versioned()
  @ApiOperation({
    operationId: 'getDiagnostic',
    summary: 'Get a diagnostic',
    description: 'Its findings as they stood when it was stored; /api/v1/findings says how they stand today.',
  })
  @ApiParam(idExample)
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

  @Allow(...changeDiagnostic.roles)
  @Patch(':id')
  @Precondition()
  @ApiOperation({
    operationId: 'changeDiagnostic',
    summary: 'Change notes or tags, or cancel',
    description:
      'Evidence and verdict never change. Only a diagnostic that still waits for its evidence can be cancelled. Audited.',
  })
  @ApiParam(idExample)
  @Answers(200, Diagnostic, [
    'invalid-token',
    'forbidden',
    'diagnostic-not-found',
    'diagnostic-not-open',
    'precondition-failed',
    'outcome-unknown',
    ...bodyProblems,
    ...dependencyProblems,
  ])
  change(
    @Param('id', { schema: z.string() }) id: string,
    @Body({ schema: ChangeDiagnostic }) change: ChangeDiagnostic,
    @IfMatch() versions: Versions,
  ): Promise<Diagnostic> {
    return this.rpc.call(changeDiagnostic, { id, change, if_match: versions });
  }

  @Allow(...deleteDiagnostic.roles)
  @Delete(':id')
  @HttpCode(204)
  @Precondition()
  @ApiOperation({
    operationId: 'deleteDiagnostic',
    summary: 'Delete a diagnostic',
    description:
      'With its evidence and its measurements. Findings stay: they are the device’s. The device shows the newest diagnostic that is left. Audited.',
  })
  @ApiParam(idExample)
  @Answers(204, null, [
    'invalid-token',
    'forbidden',
    'diagnostic-not-found',
    'precondition-failed',
    'outcome-unknown',
    ...dependencyProblems,
  ])
  async remove(@Param('id', { schema: z.string() }) id: string, @IfMatch() versions: Versions): Promise<void> {
    await this.rpc.call(deleteDiagnostic, { id, if_match: versions });
  }
}
