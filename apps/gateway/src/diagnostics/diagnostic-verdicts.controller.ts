import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import {
  DiagnosticDiff,
  diffDiagnostic,
  DiffDiagnosticQuery,
  RescoredDiagnostic,
  rescoreDiagnostic,
} from '@techze/contracts';
import { RpcClient } from '@techze/transport';
import { z } from 'zod';
import { RateClass } from '../limits/rate-class.decorator.js';
import { Allow } from '../openapi/allow.decorator.js';
import { Answers, dependencyProblems } from '../openapi/answers.decorator.js';

const idExample = { name: 'id', example: 'dgn_019aa8c51f6b7d1e8f0a2b3c4d5e6f70' };
const refused = ['invalid-token', 'forbidden', 'diagnostic-not-found'] as const;

@ApiTags('diagnostics')
@RateClass('diagnostics')
@Controller('api/v1/diagnostics/:id')
export class DiagnosticVerdictsController {
  constructor(private readonly rpc: RpcClient) {}

  @Allow(...diffDiagnostic.roles)
  @Get('diff')
  @ApiOperation({
    operationId: 'diffDiagnostics',
    summary: 'What changed since an earlier diagnostic',
    description:
      'From the one in `against` to this one, of the same device. A fault counts as resolved only where this one looked for it.',
  })
  @ApiParam(idExample)
  @Answers(200, DiagnosticDiff, [...refused, 'validation-failed', ...dependencyProblems])
  diff(
    @Param('id', { schema: z.string() }) id: string,
    @Query({ schema: DiffDiagnosticQuery }) { against }: z.output<typeof DiffDiagnosticQuery>,
  ): Promise<DiagnosticDiff> {
    return this.rpc.call(diffDiagnostic, { id, against });
  }

  @Allow(...rescoreDiagnostic.roles)
  @Post('rescore')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'rescoreDiagnostic',
    summary: 'What today’s rules would say, and why it differs',
    description:
      'Judges the stored evidence by the rules of this release and the thresholds in force now. The diagnostic keeps the score it had. Audited.',
  })
  @ApiParam(idExample)
  @Answers(200, RescoredDiagnostic, [...refused, 'diagnostic-without-evidence', ...dependencyProblems])
  rescore(@Param('id', { schema: z.string() }) id: string): Promise<RescoredDiagnostic> {
    return this.rpc.call(rescoreDiagnostic, { id });
  }
}
