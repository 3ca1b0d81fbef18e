import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import {
  ChangeDevice,
  changeDevice,
  CreateDevice,
  createDevice,
  deleteDevice,
  Device,
  DeviceList,
  DevicePage,
  getDevice,
  listDevices,
  ListDevicesQuery,
  revokeDevice,
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
const touched = [...refused, 'device-not-found', 'precondition-failed'] as const;
const idExample = { name: 'id', example: 'dev_019aa8c51f6b7d1e8f0a2b3c4d5e6f71' };

@ApiTags('devices')
@Controller('api/v1/devices')
export class DevicesController {
  constructor(private readonly rpc: RpcClient) {}

  @Allow(...createDevice.roles)
  @Post()
  @KeyedCreation()
  @Versioned()
  @ApiOperation({
    operationId: 'createDevice',
    summary: 'Add a device by hand',
    description:
      'Before any diagnostic of it: those that match its serial number, else its uuid, else its host name will be its own. Audited.',
  })
  @Answers(201, Device, [
    ...refused,
    'site-not-found',
    'device-exists',
    ...keyProblems,
    ...bodyProblems,
    ...dependencyProblems,
  ])
  async create(
    @Body({ schema: CreateDevice }) body: CreateDevice,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Device> {
    const { device, replayed } = await this.rpc.call(createDevice, body);
    void reply.header('location', `/api/v1/devices/${device.id}`);
    sayReplayed(reply, replayed);
    return device;
  }

  @Allow(...listDevices.roles)
  @Get()
  @ApiOperation({ operationId: 'listDevices', summary: 'List and search devices', description: 'Newest first.' })
  @Answers(200, DeviceList, [...refused, 'validation-failed', 'invalid-cursor', ...dependencyProblems])
  list(@Query({ schema: ListDevicesQuery }) query: ListDevicesQuery): Promise<DeviceList> {
    return this.rpc.call(listDevices, query);
  }

  @Allow(...getDevice.roles)
  @Get(':id')
  @Versioned()
  @ApiOperation({
    operationId: 'getDevice',
    summary: 'Get a device and all that its page shows',
    description:
      'Health, open findings, recent diagnostics, scores, parts and events in one answer. An agent gets its own device only.',
  })
  @ApiParam(idExample)
  @Answers(200, DevicePage, [...refused, 'device-not-found', ...dependencyProblems])
  get(@Param('id', { schema: z.string() }) id: string): Promise<DevicePage> {
    return this.rpc.call(getDevice, { id });
  }

  @Allow(...changeDevice.roles)
  @Patch(':id')
  @Precondition()
  @ApiOperation({
    operationId: 'changeDevice',
    summary: 'Change a device',
    description:
      'What is absent stays, null clears. identity_state "ok" says that somebody has looked at a conflict: it ends for this device, and for those that were in conflict with nobody else. Audited.',
  })
  @ApiParam(idExample)
  @Answers(200, Device, [...touched, 'site-not-found', ...bodyProblems, ...dependencyProblems])
  change(
    @Param('id', { schema: z.string() }) id: string,
    @Body({ schema: ChangeDevice }) change: ChangeDevice,
    @IfMatch() ifMatch: Versions,
  ): Promise<Device> {
    return this.rpc.call(changeDevice, { id, change, if_match: ifMatch });
  }

  @Allow(...deleteDevice.roles)
  @Delete(':id')
  @HttpCode(204)
  @Precondition()
  @ApiOperation({
    operationId: 'deleteDevice',
    summary: 'Delete a device',
    description: 'With its diagnostics, findings, measurements and credential. Audited.',
  })
  @ApiParam(idExample)
  @Answers(204, null, [...touched, ...dependencyProblems])
  async remove(@Param('id', { schema: z.string() }) id: string, @IfMatch() ifMatch: Versions): Promise<void> {
    await this.rpc.call(deleteDevice, { id, if_match: ifMatch });
  }

  @Allow(...revokeDevice.roles)
  @Post(':id/revoke')
  @HttpCode(204)
  @Precondition()
  @ApiOperation({
    operationId: 'revokeDevice',
    summary: 'Shut a device’s agent out',
    description:
      'Its credential stops working everywhere within a second; the device and its evidence stay. A device without a credential stays as it is. Audited.',
  })
  @ApiParam(idExample)
  @Answers(204, null, [...touched, ...dependencyProblems])
  async revoke(@Param('id', { schema: z.string() }) id: string, @IfMatch() ifMatch: Versions): Promise<void> {
    await this.rpc.call(revokeDevice, { id, if_match: ifMatch });
  }

  @Allow(...revokeDevice.roles)
  @Delete(':id/credential')
  @HttpCode(204)
  @Precondition()
  @ApiOperation({
    operationId: 'deleteDeviceCredential',
    summary: 'Delete a device’s credential',
    description: 'The same as POST /api/v1/devices/{id}/revoke.',
  })
  @ApiParam(idExample)
  @Answers(204, null, [...touched, ...dependencyProblems])
  deleteCredential(@Param('id', { schema: z.string() }) id: string, @IfMatch() ifMatch: Versions): Promise<void> {
    return this.revoke(id, ifMatch);
  }
}
