// One way to the database in a process of its own, so that no way pays for what another left behind in the engine.
import { performance } from 'node:perf_hooks';
import { anyDevice, anyTenant, keys } from './servers.mjs';
import { ways } from './ways.mjs';

/** A row that the policies do not let in. */
const REFUSED = '42501';

let open;

const commands = {
  async open({ way, server, guarded }) {
    open = await ways[way](server);
    const [tenant, other] = keys.tenants.map(String);
    const device = String(keys.devices[0]);
    if ((await open.work(tenant, tenant, device)).length !== 1) throw new Error(`${way} does not see its own row`);
    if (!guarded) return {};
    const seen = await open.work(tenant, other, device).catch((error) => {
      if (error.code !== REFUSED) throw error;
      return [];
    });
    if (seen.length > 0) throw new Error(`${way} reaches a row of another tenant`);
    return {};
  },

  /** Keeps as many under way for so long. */
  async run({ seconds, concurrency }) {
    let operations = 0;
    const before = process.cpuUsage();
    const begun = performance.now();
    const until = begun + seconds * 1_000;
    const one = async () => {
      while (performance.now() < until) {
        const tenant = anyTenant();
        const rows = await open.work(tenant, tenant, anyDevice());
        if (rows.length !== 1) throw new Error(`${rows.length} rows instead of one`);
        operations += 1;
      }
    };
    await Promise.all(Array.from({ length: concurrency }, one));
    const { user, system } = process.cpuUsage(before);
    return { operations, micros: user + system, ms: performance.now() - begun };
  },

  async close() {
    await open?.close();
    return {};
  },
};

process.on('message', ({ command, ...details }) => {
  commands[command](details).then(
    (answer) => process.send(answer),
    (error) => process.send({ fault: error instanceof Error ? error.stack : String(error) }),
  );
});
