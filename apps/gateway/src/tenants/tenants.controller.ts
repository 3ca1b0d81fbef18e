import { Body, Controller, Get, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import {
  ChangeTenant,
  CreateTenant,
  ListTenantsQuery,
  NewTenant,
  Tenant,
  TenantPage,
  type IfMatch as Versions,
} from '@techze/contracts';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { KeyedCreation, keyProblems, sayReplayed } from '../edge/keyed-creation.js';
import { Allow } from '../openapi/allow.decorator.js';
import { Answers, bodyProblems, dependencyProblems } from '../openapi/answers.decorator.js';
import { IfMatch } from '../versions/if-match.decorator.js';
import { Precondition, Versioned } from '../versions/versioned.decorator.js';
import { TenantsService } from './tenants.service.js';

const refused = ['invalid-token', 'forbidden'] as const;
const editing = [...refused, 'tenant-not-found', 'precondition-failed'] as const;
const id = { name: 'id', example: 'tnt_019aa8c51f6b7d1e8f0a2b3c4d5e6f72' };

@ApiTags('tenants')
@Controller('api/v1/tenants')
export class TenantsController {
  constructor(private readonly tenants: TenantsService) {}

  @Allow('operator')
  @Post()
  @KeyedCreation()
  @Versioned()
  @ApiOperation({
    operationId: 'createTenant',
    summary: 'Make a tenant and invite its first admin',
    description:
      'The invitation is mailed; where the installation sends no mails, its token is in this answer. Audited.',
  })
  @Answers(201, NewTenant, [...refused, 'user-exists', ...keyProblems, ...bodyProblems, ...dependencyProblems])
  async create(
    @Body({ schema: CreateTenant }) settings: CreateTenant,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<NewTenant> {
    const { value, replayed } = await this.tenants.create(settings);
    sayReplayed(reply, replayed);
    void reply.header('location', `/api/v1/tenants/${value.id}`);
    return value;
  }

  @Allow('operator')
  @Get()
  @ApiOperation({ operationId: 'listTenants', summary: 'List tenants', description: 'Newest first.' })
  @Answers(200, TenantPage, [...refused, 'validation-failed', 'invalid-cursor', ...dependencyProblems])
  list(@Query({ schema: ListTenantsQuery }) query: ListTenantsQuery): Promise<TenantPage> {
    return this.tenants.list(query);
  }

  @Allow('operator')
  @Get(':id')
  @Versioned()
  @ApiOperation({ operationId: 'getTenant', summary: 'A tenant' })
  @ApiParam(id)
  @Answers(200, Tenant, [...refused, 'tenant-not-found', ...dependencyProblems])
  find(@Param('id', { schema: z.string() }) tenantId: string): Promise<Tenant> {
    return this.tenants.find(tenantId);
  }

  @Allow('operator')
  @Patch(':id')
  @Precondition()
  @ApiOperation({
    operationId: 'changeTenant',
    summary: 'Rename a tenant, or give it rate limits of its own',
    description: 'New limits are in force within ten seconds. Audited.',
  })
  @ApiParam(id)
  @Answers(200, Tenant, [...editing, ...bodyProblems, ...dependencyProblems])
  change(
    @Param('id', { schema: z.string() }) tenantId: string,
    @Body({ schema: ChangeTenant }) change: ChangeTenant,
    @IfMatch() ifMatch: Versions,
  ): Promise<Tenant> {
    return this.tenants.change(tenantId, change, ifMatch);
  }

  @Allow('operator')
  @Post(':id/suspend')
  @HttpCode(200)
  @Precondition()
  @ApiOperation({
    operationId: 'suspendTenant',
    summary: 'Suspend a tenant',
    description:
      'Within a second none of its users, agents and API keys is let in, on any gateway, and nobody enrolls; nothing of it is lost. Audited.',
  })
  @ApiParam(id)
  @Answers(200, Tenant, [...editing, 'tenant-not-suspendable', ...dependencyProblems])
  suspend(@Param('id', { schema: z.string() }) tenantId: string, @IfMatch() ifMatch: Versions): Promise<Tenant> {
    return this.tenants.suspend(tenantId, ifMatch);
  }

  @Allow('operator')
  @Post(':id/resume')
  @HttpCode(200)
  @Precondition()
  @ApiOperation({
    operationId: 'resumeTenant',
    summary: 'Resume a suspended tenant',
    description: 'Its sessions, device credentials and API keys are good again as they were. Audited.',
  })
  @ApiParam(id)
  @Answers(200, Tenant, [...editing, ...dependencyProblems])
  resume(@Param('id', { schema: z.string() }) tenantId: string, @IfMatch() ifMatch: Versions): Promise<Tenant> {
    return this.tenants.resume(tenantId, ifMatch);
  }
}
