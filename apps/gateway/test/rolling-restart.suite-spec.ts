import { randomUUID } from 'node:crypto';
import { Agent, request, type RequestOptions } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { fullSize, NO_BYSTANDERS, startSuite, waitFor, type AppProcess, type Suite } from '@techze/testing';
import { Api } from './support/api.js';
import { Balancer } from './support/balancer.js';
import { diagnosticBody } from './support/diagnostics.js';
import { count } from './support/rows.js';

const PER_SECOND = fullSize() ? 200 : 60;
/** The drain must be longer than the balancer takes to look away: 5 s and 1 s outside of this test. */
const [DRAIN_MS, LOOK_MS] = fullSize() ? [5_000, 1_000] : [1_500, 250];
const RESTART_MS = 60_000;

interface Outcome {
  readonly status: number | string;
  readonly code?: string | undefined;
  readonly key?: string | undefined;
}

describe('three gateways behind a load balancer', () => {
  let suite: Suite;
  let api: Api;
  let balancer: Balancer;
  let token: string;
  let id: string;

  beforeAll(async () => {
    suite = await startSuite({
      scale: { ...NO_BYSTANDERS, gateway: 3, diagnostics: 2 },
      environment: { SHUTDOWN_DRAIN_MS: String(DRAIN_MS) },
    });
    api = new Api(suite.stack.demo);
    const ports = suite.stack.instances('gateway').map(({ definition }) => definition.port);
    balancer = await Balancer.start(ports, LOOK_MS);
    await waitFor(() => balancer.serving.length === 3);
    token = await api.tokenOf('technician');
    id = (await api.call('/api/v1/diagnostics', { token, json: diagnosticBody() })).body.id;
  }, 120_000);
  afterAll(async () => {
    await balancer.stop();
    await suite.stop();
  }, 90_000);

  it.each(['gateway', 'diagnostics'] as const)(
    'fail no request while each %s is restarted in turn',
    async (service) => {
      const before = await count('select 1 from diagnostics', [], api.suite);
      let rolling = true;
      const traffic = send(() => !rolling);
      const instances = suite.stack.instances(service);
      for (const instance of fullSize() ? instances : instances.slice(1)) await restart(instance);
      rolling = false;
      const outcomes = await traffic;
      expect(balancer.failed).toEqual([]);
      expect(outcomes.filter(({ status }) => status !== 200 && status !== 201)).toEqual([]);
      expect(outcomes.length).toBeGreaterThan(2 * PER_SECOND);
      const writes = outcomes.filter(({ key }) => key !== undefined).length;
      expect((await count('select 1 from diagnostics', [], api.suite)) - before).toBe(writes);
    },
    4 * RESTART_MS,
  );

  async function restart(instance: AppProcess): Promise<void> {
    await instance.stop(30_000);
    instance.start();
    await instance.untilReady({ timeoutMs: RESTART_MS });
    if (instance.definition.service === 'gateway') return void (await waitFor(() => balancer.serving.length === 3));
    const replicas = async () =>
      (await api.call('/api/v1/health')).body.services.find(
        ({ service }: { service: string }) => service === instance.definition.service,
      ).replicas;
    await waitFor(async () => (await replicas()) === 2);
  }

  /** Reads, and every fifth a keyed write, evenly spaced over connections that are kept alive. */
  async function send(done: () => boolean): Promise<Outcome[]> {
    const agent = new Agent({ keepAlive: true });
    const outcomes: Promise<Outcome>[] = [];
    const begun = performance.now();
    while (!done()) {
      const due = begun + (outcomes.length * 1_000) / PER_SECOND;
      if (due > performance.now()) await pause(due - performance.now());
      outcomes.push(outcomes.length % 5 === 0 ? write(agent) : ask(agent, 'GET', `/api/v1/diagnostics/${id}`));
    }
    const settled = await Promise.all(outcomes);
    agent.destroy();
    return settled;
  }

  async function write(agent: Agent): Promise<Outcome> {
    const key = randomUUID();
    const headers = { 'idempotency-key': key, 'content-type': 'application/json' };
    return { ...(await ask(agent, 'POST', '/api/v1/diagnostics', headers, JSON.stringify(diagnosticBody()))), key };
  }

  /**
   * Tried again in one case alone: a kept-alive connection was closed before a byte of the answer came. Whoever closes an idle
   * connection cannot know that a request is on its way there, so HTTP has its clients do that (RFC 9112, 9.3.1).
   */
  async function ask(
    agent: Agent,
    method: string,
    path: string,
    headers: Record<string, string> = {},
    body = '',
  ): Promise<Outcome> {
    const how = { method, headers: { ...headers, authorization: `Bearer ${token}`, 'content-length': body.length } };
    return (
      (await askOnce(path, { ...how, agent }, body)) ??
      (await askOnce(path, { ...how, agent: false }, body)) ?? { status: 'closed' }
    );
  }

  /** @returns nothing when it was sent on a connection that was being closed */
  function askOnce(path: string, how: RequestOptions, body: string): Promise<Outcome | undefined> {
    return new Promise((resolve) => {
      const outgoing = request(`${balancer.url}${path}`, how, (answer) => {
        let text = '';
        answer.on('data', (chunk: Buffer) => (text += chunk.toString()));
        answer.on('error', (error) => resolve({ status: String(error) }));
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, code: /"code":"([^"]+)"/.exec(text)?.[1] }));
      });
      outgoing.on('error', (error: NodeJS.ErrnoException) =>
        resolve(outgoing.reusedSocket && error.code === 'ECONNRESET' ? undefined : { status: String(error) }),
      );
      outgoing.end(body);
    });
  }
});
