import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { getReport, GetReportQuery } from '@techze/contracts';
import { RpcClient } from '@techze/transport';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { RateClass } from '../limits/rate-class.decorator.js';
import { Allow } from '../openapi/allow.decorator.js';
import { Answers, dependencyProblems } from '../openapi/answers.decorator.js';
import { ReportChoice } from './report-choice.decorator.js';

@ApiTags('diagnostics')
@RateClass('api_heavy')
@Controller('api/v1/diagnostics/:id/report')
export class ReportsController {
  constructor(private readonly rpc: RpcClient) {}

  @Allow(...getReport.roles)
  @Get()
  @ApiOperation({
    operationId: 'getDiagnosticReport',
    summary: 'Get the report of a diagnostic, to print or to hand over',
    description:
      'One page of HTML that needs nothing else, or PDF; in Portuguese or English; with before and after when `against` names another diagnostic of the device. Each one taken is audited.',
  })
  @ApiParam({ name: 'id', example: 'dgn_019aa8c51f6b7d1e8f0a2b3c4d5e6f70' })
  @ApiHeader({ name: 'Accept', required: false, description: 'text/html (default) or application/pdf.' })
  @ApiHeader({
    name: 'Accept-Language',
    required: false,
    description: 'pt or en, where `lang` does not say; else pt-BR.',
  })
  @ApiResponse({
    status: 200,
    description: 'The report.',
    content: {
      'text/html': { schema: { type: 'string' }, example: '<!doctype html><html lang="pt-BR">…</html>' },
      'application/pdf': { schema: { type: 'string', format: 'binary' } },
    },
  })
  @Answers(200, null, [
    'invalid-token',
    'forbidden',
    'diagnostic-not-found',
    'not-acceptable',
    'validation-failed',
    ...dependencyProblems,
  ])
  async get(
    @Param('id', { schema: z.string() }) id: string,
    @Query({ schema: GetReportQuery }) { against, lang }: GetReportQuery,
    @ReportChoice() { media_type, language }: ReportChoice,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer> {
    const report = await this.rpc.call(getReport, {
      id,
      ...(against !== undefined && { against }),
      media_type,
      language: lang ?? language,
    });
    void reply.headers({
      'content-type': report.media_type === 'text/html' ? 'text/html; charset=utf-8' : report.media_type,
      'content-language': report.language,
      'content-disposition': `inline; filename="${report.file_name}"`,
      'content-security-policy': report.content_security_policy,
      vary: 'Origin, Accept, Accept-Language',
    });
    return Buffer.from(report.body, report.encoding);
  }
}
