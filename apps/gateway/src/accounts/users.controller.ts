import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import {
  ChangeUser,
  CreateUser,
  Invitation,
  ListUsersQuery,
  NewUser,
  User,
  UserPage,
  type IfMatch as Versions,
  type Principal,
} from '@techze/contracts';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Caller } from '../auth/caller.decorator.js';
import { KeyedCreation, keyProblems, sayReplayed } from '../edge/keyed-creation.js';
import { Allow } from '../openapi/allow.decorator.js';
import { Answers, bodyProblems, dependencyProblems } from '../openapi/answers.decorator.js';
import { IfMatch } from '../versions/if-match.decorator.js';
import { Precondition, Versioned } from '../versions/versioned.decorator.js';
import { UsersService } from './users.service.js';

type Person = Extract<Principal, { kind: 'user' }>;

const refused = ['invalid-token', 'forbidden'] as const;
const idExample = { name: 'id', example: '019aa8c5-1f6b-7d1e-8f0a-2b3c4d5e6f70' };

@ApiTags('users')
@Controller('api/v1/users')
export class UsersController {
  constructor(private readonly users: UsersService) {}

  @Allow('admin')
  @Post()
  @KeyedCreation()
  @Versioned()
  @ApiOperation({
    operationId: 'createUser',
    summary: 'Add a user',
    description:
      'Without a password the person is invited: by mail, or by the token in this answer where the installation sends no mails. An e-mail address belongs to one account of the whole installation; the answer does not tell whose. Audited.',
  })
  @Answers(201, NewUser, [...refused, 'user-exists', ...keyProblems, ...bodyProblems, ...dependencyProblems])
  async create(
    @Caller() caller: Person,
    @Body({ schema: CreateUser }) body: CreateUser,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<NewUser> {
    const { user, replayed } = await this.users.create(caller, body);
    void reply.header('location', `/api/v1/users/${user.id}`);
    sayReplayed(reply, replayed);
    return user;
  }

  @Allow('admin')
  @Get()
  @ApiOperation({ operationId: 'listUsers', summary: 'List users', description: 'Newest first.' })
  @Answers(200, UserPage, [...refused, 'validation-failed', 'invalid-cursor', ...dependencyProblems])
  list(@Caller() caller: Person, @Query({ schema: ListUsersQuery }) query: ListUsersQuery): Promise<UserPage> {
    return this.users.list(caller, query);
  }

  @Allow('admin')
  @Get(':id')
  @Versioned()
  @ApiOperation({ operationId: 'getUser', summary: 'Get a user' })
  @ApiParam(idExample)
  @Answers(200, User, [...refused, 'user-not-found', ...dependencyProblems])
  get(@Caller() caller: Person, @Param('id', { schema: z.string() }) id: string): Promise<User> {
    return this.users.get(caller, id);
  }

  @Allow('admin')
  @Patch(':id')
  @Precondition()
  @ApiOperation({
    operationId: 'changeUser',
    summary: 'Change a user',
    description:
      'What is absent stays. A change of role and disabling end the person’s sessions everywhere within a second. A corrected e-mail ends what was mailed to the old one. The last admin who can log in stays one. Audited.',
  })
  @ApiParam(idExample)
  @Answers(200, User, [
    ...refused,
    'user-not-found',
    'user-exists',
    'last-admin',
    'precondition-failed',
    ...keyProblems,
    ...bodyProblems,
    ...dependencyProblems,
  ])
  change(
    @Caller() caller: Person,
    @Param('id', { schema: z.string() }) id: string,
    @Body({ schema: ChangeUser }) change: ChangeUser,
    @IfMatch() ifMatch: Versions,
  ): Promise<User> {
    return this.users.change(caller, id, change, ifMatch);
  }

  @Allow('admin')
  @Delete(':id')
  @HttpCode(204)
  @Precondition()
  @ApiOperation({
    operationId: 'deleteUser',
    summary: 'Delete a user',
    description: 'The person’s sessions end everywhere within a second; what the person did stays on record. Audited.',
  })
  @ApiParam(idExample)
  @Answers(204, null, [
    ...refused,
    'user-not-found',
    'last-admin',
    'precondition-failed',
    ...keyProblems,
    ...dependencyProblems,
  ])
  async remove(
    @Caller() caller: Person,
    @Param('id', { schema: z.string() }) id: string,
    @IfMatch() ifMatch: Versions,
  ): Promise<void> {
    await this.users.remove(caller, id, ifMatch);
  }

  @Allow('admin')
  @Post(':id/invitation')
  @KeyedCreation()
  @ApiOperation({
    operationId: 'inviteUser',
    summary: 'Invite a user again',
    description:
      'Who has chosen no password yet, at most five times an hour. The older invitation is worth nothing from now on. Audited.',
  })
  @ApiParam(idExample)
  @Answers(201, Invitation, [...refused, 'user-not-found', 'user-not-invited', ...keyProblems, ...dependencyProblems])
  async invite(
    @Caller() caller: Person,
    @Param('id', { schema: z.string() }) id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Invitation> {
    const { invitation, replayed } = await this.users.invite(caller, id);
    sayReplayed(reply, replayed);
    return invitation;
  }
}
