import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import {
  AcknowledgeFinding,
  acknowledgeFinding,
  DeviceFinding,
  FalsePositiveFinding,
  falsePositiveFinding,
  FindingDetail,
  FindingPage,
  getFinding,
  listFindings,
  ListFindingsQuery,
  ResolveFinding,
  resolveFinding,
  type ChangedFinding,
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
const idExample = { name: 'id', example: 'fnd_019aa8c51f6b7d1e8f0a2b3c4d5e6f72' };
const keyHeader = {
  name: 'Idempotency-Key',
  required: false,
  description: 'Up to 255 characters; the same key and body bring the first answer again for 24 h.',
};
const actProblems = [
  ...refused,
  'finding-not-found',
  'precondition-failed',
  'idempotency-key-in-use',
  'idempotency-key-reused',
  'outcome-unknown',
  ...bodyProblems,
  ...dependencyProblems,
] as const;

@ApiTags('findings')
@Controller('api/v1/findings')
export class FindingsController {
  constructor(private readonly rpc: RpcClient) {}

  @Allow(...listFindings.roles)
  @Get()
  @ApiOperation({
    operationId: 'listFindings',
    summary: 'List findings',
    description:
      'As they stand now, newest first. `from` and `to` go by when a finding was last seen. Without `state` also those that are resolved.',
  })
  @Answers(200, FindingPage, [...refused, 'validation-failed', 'invalid-cursor', ...dependencyProblems])
  list(@Query({ schema: ListFindingsQuery }) query: ListFindingsQuery): Promise<FindingPage> {
    return this.rpc.call(listFindings, query);
  }

  @Allow(...getFinding.roles)
  @Get(':id')
  @Versioned()
  @ApiOperation({
    operationId: 'getFinding',
    summary: 'Get a finding',
    description: 'With what became of it: the newest 50 transitions.',
  })
  @ApiParam(idExample)
  @Answers(200, FindingDetail, [...refused, 'finding-not-found', ...dependencyProblems])
  get(@Param('id', { schema: z.string() }) id: string): Promise<FindingDetail> {
    return this.rpc.call(getFinding, { id });
  }

  @Allow(...acknowledgeFinding.roles)
  @Post(':id/acknowledge')
  @HttpCode(200)
  @Precondition()
  @ApiOperation({
    operationId: 'acknowledgeFinding',
    summary: 'Know of a finding, and say when to be told again',
    description:
      '`grows`: quiet until it is more severe or worse than now (a counter by anything, a gauge by 5 % of the way from where its check ends a finding to where it is as bad as it gets), or comes back. `reappears`: quiet for as long as it lasts. Either way it is open again at `expires_at`. Acknowledging again renews; of a false positive it makes a known finding. Audited.',
  })
  @ApiParam(idExample)
  @ApiHeader(keyHeader)
  @Answers(200, DeviceFinding, ['finding-not-active', ...actProblems])
  async acknowledge(
    @Param('id', { schema: z.string() }) id: string,
    @Body({ schema: AcknowledgeFinding }) body: AcknowledgeFinding,
    @IfMatch() versions: Versions,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DeviceFinding> {
    return answered(await this.rpc.call(acknowledgeFinding, { id, body, if_match: versions }), reply);
  }

  @Allow(...resolveFinding.roles)
  @Post(':id/resolve')
  @HttpCode(200)
  @Precondition()
  @ApiOperation({
    operationId: 'resolveFinding',
    summary: 'Call a finding resolved',
    description:
      'A diagnostic that still shows it opens it again. Of a false positive it makes a finding like any other. One that is resolved already stays as it is. Audited.',
  })
  @ApiParam(idExample)
  @ApiHeader(keyHeader)
  @Answers(200, DeviceFinding, actProblems)
  async resolve(
    @Param('id', { schema: z.string() }) id: string,
    @Body({ schema: ResolveFinding }) body: ResolveFinding,
    @IfMatch() versions: Versions,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DeviceFinding> {
    return answered(await this.rpc.call(resolveFinding, { id, body, if_match: versions }), reply);
  }

  @Allow(...falsePositiveFinding.roles)
  @Post(':id/false-positive')
  @HttpCode(200)
  @Precondition()
  @ApiOperation({
    operationId: 'falsePositiveFinding',
    summary: 'Call a finding false',
    description:
      'It is counted and never told of again, whatever is seen, until somebody acknowledges or resolves it. The score does not change: it goes by the evidence alone. Audited.',
  })
  @ApiParam(idExample)
  @ApiHeader(keyHeader)
  @Answers(200, DeviceFinding, actProblems)
  async falsePositive(
    @Param('id', { schema: z.string() }) id: string,
    @Body({ schema: FalsePositiveFinding }) body: FalsePositiveFinding,
    @IfMatch() versions: Versions,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DeviceFinding> {
    return answered(await this.rpc.call(falsePositiveFinding, { id, body, if_match: versions }), reply);
  }
}

function answered({ finding, replayed }: ChangedFinding, reply: FastifyReply): DeviceFinding {
  // Without a key it was the transport that asked twice, and nobody else's business.
  if (replayed && currentContext()?.idempotencyKey !== undefined) void reply.header('idempotency-replayed', 'true');
  return finding;
}
