import { randomUUID } from 'node:crypto';
import { waitFor } from '@techze/testing';
import { Api, type Answer } from './support/api.js';
import { diagnosticBody } from './support/diagnostics.js';
import { Enrollment, machine, type Enrolled } from './support/enrollment.js';
import { count, rows } from './support/rows.js';

const api = new Api();
let enrollment: Enrollment;
let manager: string;
let technician: string;

beforeAll(async () => {
  [enrollment, manager, technician] = await Promise.all([
    Enrollment.of(api),
    api.tokenOf('manager'),
    api.tokenOf('technician'),
  ]);
});

const page = async ({ device_id }: Enrolled) =>
  (await api.call(`/api/v1/devices/${device_id}`, { token: technician })).body;
const send = (agent: Enrolled, device: object, changes: object = {}) =>
  api.call('/api/v1/diagnostics', { token: agent.credential, json: diagnosticBody({ device, ...changes }) });
const stateOf = async (...agents: Enrolled[]) =>
  Promise.all(
    agents.map(async (agent) => {
      const { identity, findings } = await page(agent);
      return [identity.state, findings.map(({ key }: { key: string }) => key).includes('IDENTITY_CONFLICT')];
    }),
  );
const PEACE = ['ok', false];
const CONFLICT = ['identity_conflict', true];

/** Two virtual machines of one image: equal UUID, each with an agent of its own. */
async function clones(number = 2): Promise<{ uuid: string; devices: Record<string, unknown>[]; agents: Enrolled[] }> {
  const uuid = randomUUID();
  const devices = Array.from({ length: number }, () => machine({ uuid, serial: undefined }));
  const agents = [];
  for (const device of devices) agents.push(await enrollment.enroll(device));
  return { uuid, devices, agents };
}

describe('a cloned virtual machine that enrolls', () => {
  it('is a device of its own, in conflict with the first: never an overwrite, never silently shared', async () => {
    const { uuid, devices, agents } = await clones();
    const [first, second] = agents as [Enrolled, Enrolled];
    expect(second.device_id).not.toBe(first.device_id);
    expect([first.identity_state, second.identity_state]).toEqual(['ok', 'identity_conflict']);
    expect(await stateOf(first, second)).toEqual([CONFLICT, CONFLICT]);
    // Each goes on reporting, each into its own history.
    for (const [nth, agent] of agents.entries())
      expect((await send(agent, devices[nth] ?? {})).body.device_id).toBe(agent.device_id);
    expect(await stateOf(first, second)).toEqual([CONFLICT, CONFLICT]);
    const { hostname, findings, events, open_findings } = await page(first);
    expect(hostname).toBe(devices[0]?.hostname);
    expect(findings).toContainEqual(
      expect.objectContaining({
        code: 'IDENTITY_CONFLICT',
        category: 'security',
        severity: 'warning',
        points: 0,
        state: 'open',
        evidence: expect.objectContaining({ metric: 'device.identity', value: uuid }),
      }),
    );
    expect(open_findings.warning).toBeGreaterThan(0);
    expect(events[0]).toMatchObject({
      type: 'identity_conflict',
      details: { conflicts_with: [second.device_id], uuid },
    });
    expect(
      await rows(
        `select success, details from audit_events where event_type = 'IDENTITY_CONFLICT' and resource_id = $1`,
        [second.device_id],
      ),
    ).toEqual([{ success: true, details: { conflicts_with: [first.device_id], serial: null, uuid } }]);
    await waitFor(
      async () =>
        (await count(`select 1 from outbox where type = 'device.identity_conflict' and payload ->> 'device_id' = $1`, [
          second.device_id,
        ])) === 0,
      { timeoutMs: 10_000 },
    );
  });

  it('takes none of the first one’s marks when many enroll at once', async () => {
    const uuid = randomUUID();
    const tokens = await Promise.all(Array.from({ length: 8 }, () => enrollment.token()));
    const answers = await Promise.all(
      tokens.map(({ token }) => enrollment.ask(token, machine({ uuid, serial: undefined }))),
    );
    expect(answers.map(({ status }) => status)).toEqual(tokens.map(() => 201));
    expect(new Set(answers.map(({ body }) => body.device_id)).size).toBe(8);
    expect(await stateOf(...answers.map(({ body }) => body))).toEqual(tokens.map(() => CONFLICT));
    const alone = answers.filter(({ body }) => body.identity_state === 'ok');
    expect(alone).toHaveLength(1);
  });
});

describe('an agent that describes what another one carries', () => {
  it('is in conflict from then on; nothing is moved, and the next diagnostics say so once', async () => {
    const [mine, theirs] = [machine(), machine()];
    const [agent, other] = [await enrollment.enroll(mine), await enrollment.enroll(theirs)];
    expect(await stateOf(agent, other)).toEqual([PEACE, PEACE]);
    const moved = { ...mine, serial: theirs.serial };
    for (let time = 0; time < 3; time += 1) expect((await send(agent, moved)).body.device_id).toBe(agent.device_id);
    expect(await stateOf(agent, other)).toEqual([CONFLICT, CONFLICT]);
    expect(
      await count(`select 1 from device_events where device_id = $1 and type = 'identity_conflict'`, [other.device_id]),
    ).toBe(1);
    expect(
      await rows(
        `select actor_type, user_id from audit_events where event_type = 'IDENTITY_CONFLICT' and resource_id = $1`,
        [agent.device_id],
      ),
    ).toEqual([{ actor_type: 'agent', user_id: agent.device_id }]);
    expect((await page(other)).serial).toBe(theirs.serial);
  });

  it('is at peace when the other is not enrolled, or of another tenant, or the mark is junk', async () => {
    const mine = machine();
    const agent = await enrollment.enroll(mine);
    const byHand = machine();
    await api.call('/api/v1/diagnostics', { token: technician, json: diagnosticBody({ device: byHand }) });
    await send(agent, { ...mine, serial: byHand.serial });
    const elsewhere = machine();
    await (await Enrollment.of(api, 1)).enroll(elsewhere);
    await send(agent, { ...mine, uuid: elsewhere.uuid });
    const junk = await enrollment.enroll(machine({ serial: 'Default string' }));
    await send(agent, { ...mine, serial: 'Default string' });
    expect(await stateOf(agent, junk)).toEqual([PEACE, PEACE]);
  });

  it('is at peace when an older diagnostic, which came late, says so', async () => {
    const [mine, theirs] = [machine(), machine()];
    const [agent, other] = [await enrollment.enroll(mine), await enrollment.enroll(theirs)];
    await send(agent, mine, { collected_at: '2026-11-22T09:00:00Z' });
    await send(agent, { ...mine, serial: theirs.serial }, { collected_at: '2026-11-21T09:00:00Z' });
    expect(await stateOf(agent, other)).toEqual([PEACE, PEACE]);
    expect((await page(agent)).serial).toBe(mine.serial);
  });

  it('two that describe each other’s marks at once both get through', async () => {
    const [mine, theirs] = [machine(), machine()];
    const [agent, other] = [await enrollment.enroll(mine), await enrollment.enroll(theirs)];
    const answers = await Promise.all([
      send(agent, { ...mine, serial: theirs.serial }),
      send(other, { ...theirs, uuid: mine.uuid }),
      send(agent, mine),
      send(other, theirs),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
  });
});

describe('a conflict ends', () => {
  it('when somebody has looked: 200 PATCH identity_state "ok", for both, on record, and stays so', async () => {
    const { devices, agents } = await clones();
    const [first, second] = agents as [Enrolled, Enrolled];
    const answer = await api.call(`/api/v1/devices/${first.device_id}`, {
      method: 'PATCH',
      token: technician,
      json: { identity_state: 'ok' },
    });
    expect(answer.status).toBe(200);
    expect(answer.body.identity.state).toBe('ok');
    expect(await stateOf(first, second)).toEqual([PEACE, PEACE]);
    const [record] = await rows<{ details: { told_apart: string[] } }>(
      `select details from audit_events where resource_id = $1 and event_type = 'DEVICE_UPDATED'`,
      [first.device_id],
    );
    expect(record?.details.told_apart.sort()).toEqual([first.device_id, second.device_id].sort());
    for (const [nth, agent] of agents.entries()) await send(agent, devices[nth] ?? {});
    expect(await stateOf(first, second)).toEqual([PEACE, PEACE]);
    const [finding] = await rows<{ state: string }>(
      `select state from findings where device_id = $1 and key = 'IDENTITY_CONFLICT'`,
      [first.device_id],
    );
    expect(finding?.state).toBe('resolved');
    expect((await page(second)).events[0].type).toBe('identity_resolved');
  });

  it('when one is shut out, or deleted', async () => {
    const revoked = await clones();
    await api.call(`/api/v1/devices/${revoked.agents[0]?.device_id}/revoke`, { method: 'POST', token: manager });
    expect(await stateOf(...revoked.agents)).toEqual([PEACE, PEACE]);
    const deleted = await clones();
    const [gone, left] = deleted.agents as [Enrolled, Enrolled];
    await api.call(`/api/v1/devices/${gone.device_id}`, { method: 'DELETE', token: manager });
    expect(await stateOf(left)).toEqual([PEACE]);
  });

  it('when the clone is given marks of its own', async () => {
    const { devices, agents } = await clones();
    const [first, second] = agents as [Enrolled, Enrolled];
    await send(second, { ...devices[1], uuid: randomUUID() });
    expect(await stateOf(first, second)).toEqual([PEACE, PEACE]);
  });

  it('only for those who are in conflict with nobody else', async () => {
    const { agents } = await clones(3);
    const [first, second, third] = agents as [Enrolled, Enrolled, Enrolled];
    expect(await stateOf(first, second, third)).toEqual([CONFLICT, CONFLICT, CONFLICT]);
    await api.call(`/api/v1/devices/${first.device_id}/revoke`, { method: 'POST', token: manager });
    expect(await stateOf(first, second, third)).toEqual([PEACE, CONFLICT, CONFLICT]);
    await api.call(`/api/v1/devices/${second.device_id}`, {
      method: 'PATCH',
      token: technician,
      json: { identity_state: 'ok' },
    });
    expect(await stateOf(first, second, third)).toEqual([PEACE, PEACE, PEACE]);
  });

  it('and comes again when a revoked clone is let in again', async () => {
    const uuid = randomUUID();
    const [one, two] = [machine({ uuid }), machine({ uuid, serial: undefined })];
    const agentId = randomUUID();
    const first = await enrollment.enroll(one);
    const second = await enrollment.enroll(two, { agentId });
    await api.call(`/api/v1/devices/${second.device_id}/revoke`, { method: 'POST', token: manager });
    const again = await enrollment.enroll(two, { agentId });
    expect(again).toMatchObject({ device_id: second.device_id, identity_state: 'identity_conflict' });
    expect(await stateOf(first, again)).toEqual([CONFLICT, CONFLICT]);
  });
});

describe('a storm of enrollments, moved marks, looks, revocations and deletions', () => {
  it('answers everybody, and leaves in conflict exactly those who have somebody to be in conflict with', async () => {
    const uuids = Array.from({ length: 3 }, () => randomUUID());
    const serials = Array.from({ length: 3 }, () => `SN-${randomUUID()}`);
    const any = <T>(list: readonly T[]): T => list[Math.floor(Math.random() * list.length)] as T;
    const { token } = await enrollment.token({ max_uses: 1000 });
    const agents: Enrolled[] = [];
    const marks = () => machine({ uuid: any([...uuids, undefined]), serial: any([...serials, undefined]) });
    const enroll = async () => {
      const answer = await enrollment.ask(token, marks());
      if (answer.status === 201) agents.push(answer.body);
      return answer;
    };
    const byPerson =
      (method: string, suffix = '', json?: object) =>
      () =>
        api.call(`/api/v1/devices/${any(agents).device_id}${suffix}`, { method, token: manager, json });
    const acts = [
      enroll,
      () => send(any(agents), marks()),
      () => send(any(agents), marks()),
      () => send(any(agents), marks()),
      byPerson('PATCH', '', { identity_state: 'ok' }),
      byPerson('PATCH', '', { tags: { add: ['seen'] } }),
      byPerson('POST', '/revoke'),
      byPerson('DELETE'),
    ];
    for (let nth = 0; nth < 6; nth += 1) await enroll();
    const answers: Answer[] = [];
    let left = 160;
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        while (left-- > 0) {
          answers.push(await any(acts)());
        }
      }),
    );
    const refused = answers.filter(({ status }) => ![200, 201, 204, 401, 404].includes(status));
    expect(refused.map(({ text }) => text)).toEqual([]);
    expect(answers).toHaveLength(160);
    const ids = agents.map(({ device_id }) => device_id);
    const odd = await rows(
      `with fleet as (
         select d.id, d.serial, d.hardware_uuid, d.identity_state = 'identity_conflict' as conflict,
           exists (select from device_credentials c where c.device_id = d.id and c.revoked_at is null) as living,
           exists (select from findings f where f.device_id = d.id and f.key = 'IDENTITY_CONFLICT' and f.state = 'open') as told
         from devices d where d.id = any($1))
       select * from fleet d where d.told <> d.conflict or d.conflict and not (d.living and exists (
         select from fleet o where o.id <> d.id and o.conflict and o.living
           and (o.serial = d.serial or o.hardware_uuid = d.hardware_uuid)))`,
      [ids],
    );
    expect(odd).toEqual([]);
  });
});
