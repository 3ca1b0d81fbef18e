import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import {
  ChangeMaintenanceWindow,
  changeMaintenanceWindow,
  CreateMaintenanceWindow,
  createMaintenanceWindow,
  deleteMaintenanceWindow,
  getMaintenanceWindow,
  listMaintenanceWindows,
  ListMaintenanceWindowsQuery,
  listSuppressions,
  ListSuppressionsQuery,
  MaintenanceWindow,
  MaintenanceWindowPage,
  SuppressionPage,
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
const idExample = { name: 'id', example: 'mtw_019aa8c51f6b7d1e8f0a2b3c4d5e6fa0' };

@ApiTags('maintenance windows')
@Controller('api/v1/maintenance-windows')
export class MaintenanceWindowsController {
  constructor(private readonly rpc: RpcClient) {}

  @Allow(...createMaintenanceWindow.roles)
  @Post()
  @HttpCode(201)
  @Versioned()
  @ApiOperation({
    operationId: 'createMaintenanceWindow',
    summary: 'Make a maintenance window',
    description:
      'For the whole tenant, or for one of `customer_id`, `site_id`, `device_id` and `tags`. Once, from `starts_at` to `ends_at`; or again and again within them, with `cron` in `timezone` and so many real minutes each. What opens in it (by the time of the diagnostic) is suppressed, its events are on the record of the window, and what still stands is told with the first diagnostic after it. Audited.',
  })
  @ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description: 'Up to 255 characters; the same key and body bring the first answer again for 24 h.',
  })
  @Answers(201, MaintenanceWindow, [
    ...refused,
    'customer-not-found',
    'site-not-found',
    'device-not-found',
    'idempotency-key-in-use',
    'idempotency-key-reused',
    'outcome-unknown',
    ...bodyProblems,
    ...dependencyProblems,
  ])
  async create(
    @Body({ schema: CreateMaintenanceWindow }) body: CreateMaintenanceWindow,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<MaintenanceWindow> {
    const { window, replayed } = await this.rpc.call(createMaintenanceWindow, body);
    void reply.header('location', `/api/v1/maintenance-windows/${window.id}`);
    // Without a key it was the transport that asked twice, and nobody else's business.
    if (replayed && currentContext()?.idempotencyKey !== undefined) void reply.header('idempotency-replayed', 'true');
    return window;
  }

  @Allow(...listMaintenanceWindows.roles)
  @Get()
  @ApiOperation({
    operationId: 'listMaintenanceWindows',
    summary: 'List maintenance windows',
    description: 'Newest first, also those that are over.',
  })
  @Answers(200, MaintenanceWindowPage, [...refused, 'validation-failed', 'invalid-cursor', ...dependencyProblems])
  list(
    @Query({ schema: ListMaintenanceWindowsQuery }) query: ListMaintenanceWindowsQuery,
  ): Promise<MaintenanceWindowPage> {
    return this.rpc.call(listMaintenanceWindows, query);
  }

  @Allow(...getMaintenanceWindow.roles)
  @Get(':id')
  @Versioned()
  @ApiOperation({ operationId: 'getMaintenanceWindow', summary: 'Get a maintenance window' })
  @ApiParam(idExample)
  @Answers(200, MaintenanceWindow, [...refused, 'maintenance-window-not-found', ...dependencyProblems])
  get(@Param('id', { schema: z.string() }) id: string): Promise<MaintenanceWindow> {
    return this.rpc.call(getMaintenanceWindow, { id });
  }

  @Allow(...changeMaintenanceWindow.roles)
  @Patch(':id')
  @Precondition()
  @ApiOperation({
    operationId: 'changeMaintenanceWindow',
    summary: 'Change a maintenance window',
    description: 'What is absent stays, null clears. Whom it is for stays, but for the tags. Audited.',
  })
  @ApiParam(idExample)
  @Answers(200, MaintenanceWindow, [
    ...refused,
    'maintenance-window-not-found',
    'precondition-failed',
    'outcome-unknown',
    ...bodyProblems,
    ...dependencyProblems,
  ])
  change(
    @Param('id', { schema: z.string() }) id: string,
    @Body({ schema: ChangeMaintenanceWindow }) change: ChangeMaintenanceWindow,
    @IfMatch() versions: Versions,
  ): Promise<MaintenanceWindow> {
    return this.rpc.call(changeMaintenanceWindow, { id, change, if_match: versions });
  }

  @Allow(...deleteMaintenanceWindow.roles)
  @Delete(':id')
  @HttpCode(204)
  @Precondition()
  @ApiOperation({
    operationId: 'deleteMaintenanceWindow',
    summary: 'Remove a maintenance window',
    description: 'What it keeps quiet opens with the next diagnostic that shows it. Its record stays. Audited.',
  })
  @ApiParam(idExample)
  @Answers(204, null, [
    ...refused,
    'maintenance-window-not-found',
    'precondition-failed',
    'outcome-unknown',
    ...dependencyProblems,
  ])
  async remove(@Param('id', { schema: z.string() }) id: string, @IfMatch() versions: Versions): Promise<void> {
    await this.rpc.call(deleteMaintenanceWindow, { id, if_match: versions });
  }

  @Allow(...listSuppressions.roles)
  @Get(':id/suppressions')
  @ApiOperation({
    operationId: 'listSuppressions',
    summary: 'What a maintenance window kept quiet',
    description: 'The events that nobody got, newest first; also of a window that was removed.',
  })
  @ApiParam(idExample)
  @Answers(200, SuppressionPage, [
    ...refused,
    'maintenance-window-not-found',
    'validation-failed',
    'invalid-cursor',
    ...dependencyProblems,
  ])
  suppressions(
    @Param('id', { schema: z.string() }) id: string,
    @Query({ schema: ListSuppressionsQuery }) query: ListSuppressionsQuery,
  ): Promise<SuppressionPage> {
    return this.rpc.call(listSuppressions, { id, query });
  }
}
