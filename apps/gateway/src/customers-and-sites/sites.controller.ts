import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import {
  ChangeSite,
  changeSite,
  CreateSite,
  createSite,
  Site,
  SitePage,
  deleteSite,
  getSite,
  listSites,
  ListSitesQuery,
  type IfMatch as Versions,
} from '@techze/contracts';
import { RpcClient } from '@techze/transport';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { KeyedCreation, keyProblems, sayReplayed } from '../edge/keyed-creation.js';
import { Allow } from '../openapi/allow.decorator.js';
import { Answers, bodyProblems, dependencyProblems } from '../openapi/answers.decorator.js';
import { IfMatch } from '../versions/if-match.decorator.js';
import { Precondition, Versioned } from '../versions/versioned.decorator.js';

const refused = ['invalid-token', 'forbidden'] as const;
const idExample = { name: 'id', example: 'sit_019aa8c51f6b7d1e8f0a2b3c4d5e6f73' };

@ApiTags('sites')
@Controller('api/v1/sites')
export class SitesController {
  constructor(private readonly rpc: RpcClient) {}

  @Allow(...createSite.roles)
  @Post()
  @KeyedCreation()
  @Versioned()
  @ApiOperation({ operationId: 'createSite', summary: 'Add a site', description: 'Audited.' })
  @Answers(201, Site, [...refused, 'customer-not-found', ...keyProblems, ...bodyProblems, ...dependencyProblems])
  async create(
    @Body({ schema: CreateSite }) body: CreateSite,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Site> {
    const { site, replayed } = await this.rpc.call(createSite, body);
    void reply.header('location', `/api/v1/sites/${site.id}`);
    sayReplayed(reply, replayed);
    return site;
  }

  @Allow(...listSites.roles)
  @Get()
  @ApiOperation({ operationId: 'listSites', summary: 'List sites', description: 'Newest first.' })
  @Answers(200, SitePage, [...refused, 'validation-failed', 'invalid-cursor', ...dependencyProblems])
  list(@Query({ schema: ListSitesQuery }) query: ListSitesQuery): Promise<SitePage> {
    return this.rpc.call(listSites, query);
  }

  @Allow(...getSite.roles)
  @Get(':id')
  @Versioned()
  @ApiOperation({ operationId: 'getSite', summary: 'Get a site' })
  @ApiParam(idExample)
  @Answers(200, Site, [...refused, 'site-not-found', ...dependencyProblems])
  get(@Param('id', { schema: z.string() }) id: string): Promise<Site> {
    return this.rpc.call(getSite, { id });
  }

  @Allow(...changeSite.roles)
  @Patch(':id')
  @Precondition()
  @ApiOperation({
    operationId: 'changeSite',
    summary: 'Change a site',
    description: 'What is absent stays, null clears; another customer_id gives it to that customer. Audited.',
  })
  @ApiParam(idExample)
  @Answers(200, Site, [
    ...refused,
    'site-not-found',
    'customer-not-found',
    'precondition-failed',
    ...bodyProblems,
    ...dependencyProblems,
  ])
  change(
    @Param('id', { schema: z.string() }) id: string,
    @Body({ schema: ChangeSite }) change: ChangeSite,
    @IfMatch() ifMatch: Versions,
  ): Promise<Site> {
    return this.rpc.call(changeSite, { id, change, if_match: ifMatch });
  }

  @Allow(...deleteSite.roles)
  @Delete(':id')
  @HttpCode(204)
  @Precondition()
  @ApiOperation({
    operationId: 'deleteSite',
    summary: 'Delete a site',
    description: 'One that has no devices any more. Audited.',
  })
  @ApiParam(idExample)
  @Answers(204, null, [...refused, 'site-not-found', 'site-in-use', 'precondition-failed', ...dependencyProblems])
  async remove(@Param('id', { schema: z.string() }) id: string, @IfMatch() ifMatch: Versions): Promise<void> {
    await this.rpc.call(deleteSite, { id, if_match: ifMatch });
  }
}
