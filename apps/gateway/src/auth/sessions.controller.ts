import { Controller, Delete, Get, HttpCode, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ListSessionsQuery, SessionPage, userRoles, type Principal } from '@techze/contracts';
import { z } from 'zod';
import { Allow } from '../openapi/allow.decorator.js';
import { Answers, dependencyProblems } from '../openapi/answers.decorator.js';
import { Caller } from './caller.decorator.js';
import { SessionsService } from './sessions.service.js';

type User = Extract<Principal, { kind: 'user' }>;

const refused = ['invalid-token', 'forbidden'] as const;

@ApiTags('auth')
@Controller('api/v1/auth/sessions')
export class SessionsController {
  constructor(private readonly sessions: SessionsService) {}

  @Allow(...userRoles, 'operator')
  @Get()
  @ApiOperation({
    operationId: 'listSessions',
    summary: 'List my sessions',
    description: 'Where one is logged in, newest first; what was ended or has expired is not there.',
  })
  @Answers(200, SessionPage, [...refused, 'validation-failed', 'invalid-cursor', ...dependencyProblems])
  list(@Caller() caller: User, @Query({ schema: ListSessionsQuery }) query: ListSessionsQuery): Promise<SessionPage> {
    return this.sessions.list(caller, query);
  }

  @Allow(...userRoles, 'operator')
  @Delete()
  @HttpCode(204)
  @ApiOperation({
    operationId: 'revokeOtherSessions',
    summary: 'End all my other sessions',
    description: 'All but the one that asks; their tokens stop working everywhere within a second. Audited.',
  })
  @Answers(204, null, [...refused, ...dependencyProblems])
  revokeOthers(@Caller() caller: User): Promise<void> {
    return this.sessions.revokeOthers(caller);
  }

  @Allow(...userRoles, 'operator')
  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'revokeSession',
    summary: 'End one of my sessions',
    description: 'Its tokens stop working everywhere within a second; it may be the one that asks. Audited.',
  })
  @ApiParam({ name: 'id', example: 'ses_019aa8c51f6b7d1e8f0a2b3c4d5e6f75' })
  @Answers(204, null, [...refused, 'session-not-found', ...dependencyProblems])
  revoke(@Caller() caller: User, @Param('id', { schema: z.string() }) id: string): Promise<void> {
    return this.sessions.revoke(caller, id);
  }
}
