import { randomUUID } from 'node:crypto';
import type { Answer, Api } from './api.js';

/** A machine of its own, as an agent describes it. */
export function machine(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const mark = randomUUID();
  return {
    hostname: `host-${mark}`,
    serial: `SN-${mark}`,
    uuid: mark,
    manufacturer: 'LENOVO',
    model: '20XW',
    ...changes,
  };
}

/** An agent that was let in. */
export interface Enrolled {
  readonly device_id: string;
  readonly credential: string;
  readonly credential_id: string;
  readonly site_id: string | null;
  readonly identity_state: string;
}

/** Lets agents in, as an admin of a demo tenant would. */
export class Enrollment {
  constructor(
    private readonly api: Api,
    private readonly admin: string,
  ) {}

  static async of(api: Api, tenant = 0): Promise<Enrollment> {
    return new Enrollment(api, await api.tokenOf('admin', tenant));
  }

  async token(settings: Readonly<Record<string, unknown>> = {}): Promise<{ id: string; token: string }> {
    const answer = await this.api.call('/api/v1/enrollment-tokens', { token: this.admin, json: settings });
    if (answer.status !== 201) throw new Error(answer.text);
    return answer.body;
  }

  /** The bare answer, whatever it is. */
  ask(token: string, device = machine(), agentId: string = randomUUID()): Promise<Answer> {
    const json = { token, device, agent: { id: agentId, version: '1.0.0' } };
    return this.api.call('/api/v1/devices/enroll', { json });
  }

  async enroll(
    device = machine(),
    { agentId, settings }: { agentId?: string; settings?: Readonly<Record<string, unknown>> } = {},
  ): Promise<Enrolled> {
    const { token } = await this.token(settings);
    const answer = await this.ask(token, device, agentId);
    if (answer.status !== 201) throw new Error(answer.text);
    return answer.body;
  }
}
