import assert from 'node:assert/strict';
import { Body, Controller, HttpCode, Post, Res } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CreateDiagnosticBatch, createDiagnostics, DiagnosticBatchResult, Problem } from '@techze/contracts';
import { currentContext, runWith } from '@techze/observability';
import { RpcClient } from '@techze/transport';
import type { FastifyReply } from 'fastify';
import { TakesBatch } from '../edge/json-body.js';
import { RateClass } from '../limits/rate-class.decorator.js';
import { Allow } from '../openapi/allow.decorator.js';
import { Answers, bodyProblems, dependencyProblems } from '../openapi/answers.decorator.js';

const PATH = 'api/v1/diagnostics/batch';
/** Five hundred writes are worth waiting for longer than one. */
const DEADLINE_MS = 20_000;

@ApiTags('diagnostics')
@RateClass('diagnostics')
@Controller(PATH)
export class DiagnosticBatchesController {
  constructor(private readonly rpc: RpcClient) {}

  @Allow(...createDiagnostics.roles)
  @Post()
  @HttpCode(200)
  @TakesBatch('diagnostics')
  @ApiOperation({
    operationId: 'createDiagnostics',
    summary: 'Store and score many diagnostics',
    description:
      'Up to 500 in up to 8 MiB. Each has the status that a POST of it alone would have had; a bad one never loses the others, and those of one device are stored in the given order. What was not reached within 20 s is 504: send the batch again under its Idempotency-Key, and what was done is brought again, what was not is done.',
  })
  @ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description:
      'Up to 255 characters; the same key and batch bring the ids of what was done again, and do the rest, for 24 h.',
  })
  @Answers(200, DiagnosticBatchResult, [
    'invalid-token',
    'forbidden',
    'idempotency-key-in-use',
    'idempotency-key-reused',
    'outcome-unknown',
    ...bodyProblems,
    ...dependencyProblems,
  ])
  async create(
    @Body({ schema: CreateDiagnosticBatch }) { diagnostics }: CreateDiagnosticBatch,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DiagnosticBatchResult> {
    const items = diagnostics.map((diagnostic) =>
      diagnostic instanceof Problem ? { problem: diagnostic.toMessage() } : { diagnostic },
    );
    const { results, replayed } = await runWith({ deadline: Date.now() + DEADLINE_MS }, () =>
      this.rpc.call(createDiagnostics, { items }, { deadlineMs: DEADLINE_MS }),
    );
    const context = currentContext();
    assert(context, 'a request without its context');
    if (replayed && context.idempotencyKey !== undefined) void reply.header('idempotency-replayed', 'true');
    return {
      results: results.map((result) => {
        if ('id' in result) return result;
        const problem = Problem.fromMessage(result.problem).toDocument(`/${PATH}`, context.requestId);
        return { index: result.index, status: problem.status, problem };
      }),
    };
  }
}
