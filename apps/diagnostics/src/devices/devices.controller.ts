import { Controller } from '@nestjs/common';
import {
  changeDevice,
  createDevice,
  deleteDevice,
  getDevice,
  listDevices,
  revokeDevice,
  type CreateDevice,
  type CreatedDevice,
  type DeleteDevice,
  type Device,
  type DeviceList,
  type DevicePage,
  type GetDevice,
  type ListDevicesQuery,
  type PatchDevice,
  type RevokeDevice,
} from '@techze/contracts';
import { HandlesCommand } from '@techze/transport';
import { DeviceEdits } from './device-edits.service.js';
import { DeviceReads } from './device-reads.service.js';

@Controller()
export class DevicesController {
  constructor(
    private readonly edits: DeviceEdits,
    private readonly reads: DeviceReads,
  ) {}

  @HandlesCommand(createDevice)
  create(body: CreateDevice): Promise<CreatedDevice> {
    return this.edits.create(body);
  }

  @HandlesCommand(listDevices)
  list(query: ListDevicesQuery): Promise<DeviceList> {
    return this.reads.list(query);
  }

  @HandlesCommand(getDevice)
  get(request: GetDevice): Promise<DevicePage> {
    return this.reads.get(request);
  }

  @HandlesCommand(changeDevice)
  change(request: PatchDevice): Promise<Device> {
    return this.edits.change(request);
  }

  @HandlesCommand(deleteDevice)
  remove(request: DeleteDevice): Promise<null> {
    return this.edits.remove(request);
  }

  @HandlesCommand(revokeDevice)
  revoke(request: RevokeDevice): Promise<null> {
    return this.edits.revoke(request);
  }
}
