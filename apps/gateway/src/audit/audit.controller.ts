import { Readable } from 'node:stream';
import { Controller, Get, Param, Query, Res, StreamableFile } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import {
  AuditPage,
  AuditProof,
  AuditVerification,
  ExportAuditQuery,
  ListAuditQuery,
  VerifyAuditQuery,
  type Principal,
} from '@techze/contracts';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Caller } from '../auth/caller.decorator.js';
import { RateClass } from '../limits/rate-class.decorator.js';
import { Allow } from '../openapi/allow.decorator.js';
import { Answers, dependencyProblems } from '../openapi/answers.decorator.js';
import { asCsv, asNdjson } from './audit-export.js';
import { AuditReadingService } from './audit-reading.service.js';

const refused = ['invalid-token', 'forbidden'] as const;

@ApiTags('audit')
@RateClass('api_heavy')
@Controller('api/v1/audit')
export class AuditController {
  constructor(private readonly reading: AuditReadingService) {}

  @Allow('admin', 'operator')
  @Get()
  @ApiOperation({
    operationId: 'listAuditEvents',
    summary: 'List audit events',
    description: 'Newest first. Reading them is an audit event too.',
  })
  @Answers(200, AuditPage, [...refused, 'validation-failed', 'invalid-cursor', ...dependencyProblems])
  list(
    @Caller() { tenant_id }: Principal,
    @Query({ schema: ListAuditQuery }) query: ListAuditQuery,
  ): Promise<AuditPage> {
    return this.reading.list(tenant_id, query);
  }

  @Allow('admin', 'operator')
  @Get('export')
  @ApiOperation({
    operationId: 'exportAuditTrail',
    summary: 'Export the sealed audit trail',
    description:
      'NDJSON with heads and hashes, which `techze-audit verify` checks with nothing but the public key; or CSV of the records. Without filters the trail is whole; with them the records that are left out are there by their hashes. Records of the last second may not be sealed yet. Audited.',
  })
  @ApiResponse({
    status: 200,
    description: 'The trail.',
    content: { 'application/x-ndjson': { schema: { type: 'string' } }, 'text/csv': { schema: { type: 'string' } } },
  })
  @Answers(200, null, [...refused, 'validation-failed', ...dependencyProblems])
  async export(
    @Caller() { tenant_id }: Principal,
    @Query({ schema: ExportAuditQuery }) { format, ...filters }: ExportAuditQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    const trail = await this.reading.export(tenant_id, filters, format);
    const texts = format === 'csv' ? asCsv(trail) : asNdjson(tenant_id, filters, trail);
    void reply.headers({
      'content-type': format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson',
      'content-disposition': `attachment; filename="audit.${format}"`,
    });
    return new StreamableFile(Readable.from(texts, { objectMode: false }));
  }

  @Allow('admin', 'operator')
  @Get('verify')
  @ApiOperation({
    operationId: 'verifyAuditTrail',
    summary: 'Verify the audit trail',
    description:
      'Goes through records, seals and signed heads and says what was changed, deleted, inserted or reordered. A trail too long for one answer is checked in several. Whoever trusts neither us nor our database exports it and runs `techze-audit verify`. Audited.',
  })
  @Answers(200, AuditVerification, [...refused, 'validation-failed', ...dependencyProblems])
  verify(
    @Caller() { tenant_id }: Principal,
    @Query({ schema: VerifyAuditQuery }) { from_batch }: VerifyAuditQuery,
  ): Promise<AuditVerification> {
    return this.reading.verify(tenant_id, from_batch);
  }

  @Allow('admin', 'operator')
  @Get(':id/proof')
  @ApiOperation({
    operationId: 'proveAuditEvent',
    summary: 'Prove one audit event',
    description: 'Shows that it is in a batch that was signed for, without showing any other event. Audited.',
  })
  @ApiParam({ name: 'id', example: 'aud_019aa8c51f6b7d1e8f0a2b3c4d5e6f90' })
  @Answers(200, AuditProof, [...refused, 'audit-event-not-found', 'audit-event-not-sealed', ...dependencyProblems])
  prove(@Caller() { tenant_id }: Principal, @Param('id', { schema: z.string() }) id: string): Promise<AuditProof> {
    return this.reading.prove(tenant_id, id);
  }
}
