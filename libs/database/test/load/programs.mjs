import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, chownSync, constants, mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePort, waitFor } from '../../../../dist/libs/local-stack/src/index.js';
import { postgresUser } from '../../../../dist/libs/local-stack/src/postgres/os-user.js';
import pg from 'pg';
import { keys } from './servers.mjs';
import { SELECT } from './ways.mjs';

/** The first PgBouncer that knows prepared statements in transaction mode. */
const KNOWS_PREPARED = [1, 21];
const LONGEST_CONNECT_SECONDS = 16;

/** Where a program is; undefined when it is not installed. Debian keeps servers out of ordinary users' PATH. */
export function programNamed(name) {
  for (const folder of [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      continue;
    }
  }
  return undefined;
}

const statement = SELECT.replace('$1', ':tenant').replace('$2', ':device');
const scripts = {
  /** What the server can do: as superuser, no row security, no transaction around it. */
  pgbench: `${statement};`,
  /** What the server can do our way: role and claims, the statement, ONE Sync. */
  'pgbench-guarded': `\\startpipeline
select set_config('role', 'svc_diagnostics', true), set_config('request.jwt.claims', '{"tenant_id":"' || :tenant || '","role":"admin"}', true),
  set_config('statement_timeout', '10000', true), set_config('transaction_read_only', 'on', true);
${statement};
\\endpipeline`,
};

/** pgbench as a way: C, one prepared statement a connection, nothing done with the rows. */
export function pgbench(name, program, { folder, host, port, database, login, superuser }) {
  const script = join(folder, `${name}.sql`);
  const [tenants, devices] = [keys.tenants, keys.devices].map((range) => `random(${range.join(', ')})`);
  writeFileSync(script, `\\set tenant ${tenants}\n\\set device ${devices}\n${scripts[name]}\n`);
  const { user, password } = name === 'pgbench' ? superuser : login;
  return {
    async run({ seconds, concurrency }) {
      const threads = Math.min(cpus().length, concurrency);
      const place = ['-h', host, '-p', port, '-U', user, database];
      // Its time runs while it connects, which it leaves out of what it tells: a machine that is slow today takes all of it.
      for (let longer = 1; longer <= LONGEST_CONNECT_SECONDS; longer *= 2) {
        const limits = ['-c', concurrency, '-j', threads, '-T', seconds + longer];
        const flags = ['-n', '-M', 'prepared', '-f', script, ...limits, ...place];
        const said = await output(program, flags.map(String), { PATH: process.env.PATH, PGPASSWORD: password });
        const perSecond = Number(/^tps = ([\d.]+) \(without/m.exec(said)?.[1]);
        if (/aborted/.test(said)) throw new Error(`${name} failed:\n${said}`);
        if (perSecond > 0) return { perSecond };
      }
      throw new Error(`${name} did nothing but connect`);
    },
    close: async () => undefined,
  };
}

/** PgBouncer in transaction mode before the server, with as many connections to it as everybody has. */
export async function startPgbouncer(program, { folder, host, port, database, login }) {
  const version = execFileSync(program, ['--version'], { encoding: 'utf8' });
  const [, major, minor] = /(\d+)\.(\d+)/.exec(version) ?? [];
  const prepared = Number(major) > KNOWS_PREPARED[0] || Number(minor) >= KNOWS_PREPARED[1];
  const own = join(folder, 'pgbouncer');
  mkdirSync(own);
  const listen = await freePort();
  const settings = {
    listen_addr: '127.0.0.1',
    listen_port: listen,
    unix_socket_dir: '',
    auth_type: 'scram-sha-256',
    auth_file: join(own, 'users.txt'),
    pool_mode: 'transaction',
    default_pool_size: 20,
    max_client_conn: 200,
    ignore_startup_parameters: 'extra_float_digits',
    ...(prepared && { max_prepared_statements: 200 }),
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
  const ini = `[databases]\n${database} = host=${host} port=${port}\n[pgbouncer]\n${lines.join('\n')}\n`;
  const files = { 'users.txt': `"${login.user}" "${login.password}"\n`, 'pgbouncer.ini': ini };
  const user = postgresUser(); // it does not run as root either
  for (const [name, text] of Object.entries(files)) writeFileSync(join(own, name), text);
  if (user.uid !== undefined)
    for (const path of ['', ...Object.keys(files)]) chownSync(join(own, path), user.uid, user.gid);
  const child = spawn(program, [join(own, 'pgbouncer.ini')], {
    ...user,
    cwd: '/',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (text) => (said += text));
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGINT');
    await once(child, 'exit');
  };
  try {
    const gone = once(child, 'exit').then(() => Promise.reject(new Error('it ended at once')));
    const answered = () => answers({ host: '127.0.0.1', port: listen, database, ...login });
    await Promise.race([waitFor(answered, { what: 'it did not answer' }), gone]);
  } catch (error) {
    await stop();
    throw new Error(`PgBouncer did not start: ${said}`, { cause: error });
  }
  return { pid: child.pid, port: listen, prepared, version: `${major}.${minor}`, stop };
}

async function answers(config) {
  const client = new pg.Client(config);
  client.on('error', () => undefined);
  await client.connect();
  await client.end();
  return true;
}

async function output(program, args, env) {
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${program} ended with ${code}:\n${said}`);
  return said;
}
