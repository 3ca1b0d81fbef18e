import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

/** Credentials of agents as rows: a hash each, one living one a device. */
@Injectable()
export class DeviceCredentialsRepository {
  async insert(
    manager: EntityManager,
    tenantId: string,
    credential: { id: string; deviceId: string; agentId: string; hash: string; enrollmentTokenId: string },
  ): Promise<void> {
    await manager.query(
      `insert into device_credentials (tenant_id, id, device_id, agent_id, secret_hash, enrollment_token_id)
       values ($1, $2, $3, $4, $5, $6)`,
      [tenantId, credential.id, credential.deviceId, credential.agentId, credential.hash, credential.enrollmentTokenId],
    );
  }

  /** The device whose credential that agent was given for that token, and has never used. */
  async findUnused(
    manager: EntityManager,
    tenantId: string,
    enrollmentTokenId: string,
    agentId: string,
  ): Promise<string | undefined> {
    const [row] = await manager.query<{ device_id: string }[]>(
      `select device_id from device_credentials
       where tenant_id = $1 and enrollment_token_id = $2 and agent_id = $3 and revoked_at is null and first_used_at is null`,
      [tenantId, enrollmentTokenId, agentId],
    );
    return row?.device_id;
  }

  async isLiving(manager: EntityManager, tenantId: string, deviceId: string): Promise<boolean> {
    const rows = await manager.query<unknown[]>(
      'select 1 from device_credentials where tenant_id = $1 and device_id = $2 and revoked_at is null',
      [tenantId, deviceId],
    );
    return rows.length > 0;
  }

  /** Ends the living credential, if there is one. @returns its id */
  async revoke(
    manager: EntityManager,
    tenantId: string,
    deviceId: string,
    reason: 'revoked' | 'replaced',
  ): Promise<string | undefined> {
    const [rows] = await manager.query<[{ id: string }[], number]>(
      `update device_credentials set revoked_at = now(), revoked_reason = $3
       where tenant_id = $1 and device_id = $2 and revoked_at is null returning id`,
      [tenantId, deviceId, reason],
    );
    return rows[0]?.id;
  }

  /** From the first diagnostic on, a lost answer to the enrollment is no excuse any more. */
  async noteUse(manager: EntityManager, tenantId: string, deviceId: string, at: Date): Promise<void> {
    await manager.query(
      `update device_credentials set first_used_at = $3
       where tenant_id = $1 and device_id = $2 and revoked_at is null and first_used_at is null`,
      [tenantId, deviceId, at],
    );
  }
}
