import type { DeviceDescription, EnrollDevice } from '@techze/contracts';
import { z } from 'zod';
import { exitCodes } from '../failure.js';
import { AGENT_VERSION } from '../version.js';
import { Enrollment } from '../state/enrollment.js';
import type { ApiClient } from './api-client.js';

const Enrolled = Enrollment.pick({ device_id: true, credential: true, credential_id: true }).extend({
  identity_state: z.enum(['ok', 'identity_conflict']),
});
export type Enrolled = z.infer<typeof Enrolled>;

/** Trades an enrollment token for this machine's own credential. */
export async function enrollDevice(
  client: ApiClient,
  token: string,
  device: DeviceDescription,
  agentId: string,
): Promise<Enrolled> {
  const body: EnrollDevice = { token, device, agent: { id: agentId, version: AGENT_VERSION } };
  const request = { method: 'POST', path: '/api/v1/devices/enroll', payload: JSON.stringify(body) } as const;
  const answer = await client.send(request);
  if (answer.status === 401) throw client.refusal(answer, exitCodes.loginFailed, 'enrollment');
  if (answer.status !== 201) throw client.refusal(answer, exitCodes.refused, 'enrollment');
  return client.parse(Enrolled, answer);
}
