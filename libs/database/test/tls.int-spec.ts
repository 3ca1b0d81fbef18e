import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls, TLSSocket } from 'node:tls';
import { prepareCluster, runMigrations } from '@techze/database';
import {
  startPostgres,
  testDatabase,
  waitFor,
  type PostgresCluster,
  type PostgresNode,
  type TestDatabase,
} from '@techze/testing';
import { NodeClient } from '../src/cluster/node-client.js';
import { tlsOf } from '../src/cluster/tls.js';
import type { NodeAddress } from '../src/node-address.js';
import { openDatabase, type OpenDatabase } from './support/open-database.js';
import { makeAuthority, type Authority, type Certificate } from './support/certificates.js';

type Tls = Pick<NodeAddress, 'ssl' | 'ssl_ca_file'>;

let own: PostgresCluster;
let folder: string;
let authority: Authority;
let stranger: Authority;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'techze-tls-'));
  [own, authority, stranger] = await Promise.all([startPostgres(), makeAuthority(folder), makeAuthority(folder)]);
  await serveTls(own.primary, await authority.issue('DNS:localhost'));
}, 60_000);
afterAll(async () => {
  await own.destroy();
  rmSync(folder, { recursive: true });
});

/** Gives the server a certificate, which it may be given anew while it runs. */
async function serveTls(node: PostgresNode, { certFile, keyFile }: Certificate): Promise<void> {
  const { uid, gid } = statSync(node.dataDir);
  for (const [from, name] of [
    [certFile, 'server.crt'],
    [keyFile, 'server.key'],
  ] as const) {
    const file = join(node.dataDir, name);
    copyFileSync(from, file);
    chownSync(file, uid, gid);
    chmodSync(file, 0o600);
  }
  await node.query('alter system set ssl to on');
  await node.reload();
  const served = readFileSync(certFile, 'utf8').replaceAll(/-----[^-]+-----|\s/g, '');
  await waitFor(async () => (await certificateOf(node)).toString('base64') === served);
}

/** What the server shows to whoever asks for TLS. */
async function certificateOf(node: PostgresNode): Promise<Buffer> {
  const socket = await askForTls(node.port ?? 0);
  const secure = connectTls({ socket, rejectUnauthorized: false });
  try {
    await once(secure, 'secureConnect');
    return secure.getPeerCertificate().raw;
  } finally {
    socket.destroy();
  }
}

/** A connection to a server that has agreed to speak TLS on it. */
async function askForTls(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]));
  const [answer] = (await once(socket, 'data')) as [Buffer];
  if (answer.toString() !== 'S') throw new Error('the server does not speak TLS');
  return socket;
}

function clientFor(tls: Tls, { host = 'localhost', port = own.primary.port ?? 0 } = {}): NodeClient {
  return new NodeClient({
    host,
    port,
    user: 'postgres',
    password: own.password,
    database: 'postgres',
    connectionTimeoutMillis: 5000,
    ssl: tlsOf({ id: 'primary', ...tls }),
    enableChannelBinding: tls.ssl !== 'disable',
  });
}

/** Whether what the connection carries is encrypted, as the server sees it. */
async function encrypted(...to: Parameters<typeof clientFor>): Promise<boolean | undefined> {
  const client = clientFor(...to);
  await client.connect();
  try {
    const { rows } = await client.query<{ ssl: boolean }>('select ssl from pg_stat_ssl where pid = pg_backend_pid()');
    return rows[0]?.ssl;
  } finally {
    await client.end();
  }
}

const verified = (by = authority): Tls => ({ ssl: 'verify-full', ssl_ca_file: by.certFile });

test('each mode does what it says: nothing, encryption, encryption to a server that proved who it is', async () => {
  expect(await encrypted({ ssl: 'disable' })).toBe(false);
  expect(await encrypted({ ssl: 'require' })).toBe(true);
  expect(await encrypted(verified())).toBe(true);
});

test('a server whose certificate is of another authority, or of none that is known, is refused', async () => {
  await expect(encrypted(verified(stranger))).rejects.toMatchObject({ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
  await expect(encrypted({ ssl: 'verify-full' })).rejects.toMatchObject({ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
});

test('a server with the certificate of another host is refused, by name and by address', async () => {
  const other = expect.objectContaining({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
  await expect(encrypted(verified(), { host: '127.0.0.1' })).rejects.toEqual(other);
  await serveTls(own.primary, await authority.issue('IP:127.0.0.1'));
  expect(await encrypted(verified(), { host: '127.0.0.1' })).toBe(true);
  await expect(encrypted(verified())).rejects.toEqual(other);
  await serveTls(own.primary, await authority.issue('DNS:localhost'));
});

test('a server without TLS is refused before it is told anything', async () => {
  for (const tls of [{ ssl: 'require' } as const, verified()])
    await expect(encrypted(tls, { port: own.replica.port ?? 0 })).rejects.toThrow('does not support SSL');
});

test('a server that takes nothing in the clear refuses who would, and takes who encrypts', async () => {
  const file = join(own.primary.dataDir, 'pg_hba.conf');
  const before = readFileSync(file);
  const plain = () => encrypted({ ssl: 'disable' });
  const isRefused = () =>
    plain().then(
      () => false,
      (error: { code?: string }) => error.code === '28000',
    );
  const setRules = (rules: string | Buffer) => {
    writeFileSync(file, rules);
    process.kill(own.primary.pid ?? 0, 'SIGHUP'); // asked by SQL it would have to let us in
  };
  setRules('hostssl all all all scram-sha-256\n');
  try {
    await waitFor(isRefused);
    expect(await encrypted({ ssl: 'require' })).toBe(true);
  } finally {
    setRules(before);
  }
  await waitFor(async () => !(await isRefused()));
});

test('certificate and authority are rotated while all goes on', async () => {
  const file = join(folder, 'authority.pem');
  copyFileSync(authority.certFile, file);
  const tls: Tls = { ssl: 'verify-full', ssl_ca_file: file };
  const early = clientFor(tls);
  await early.connect();
  await serveTls(own.primary, await stranger.issue('DNS:localhost'));
  await expect(encrypted(tls)).rejects.toMatchObject({ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
  writeFileSync(file, [authority, stranger].map(({ certFile }) => readFileSync(certFile, 'utf8')).join(''));
  expect(await encrypted(tls)).toBe(true);
  expect((await early.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  await early.end();
  await serveTls(own.primary, await authority.issue('DNS:localhost'));
});

test('an encrypted connection can be cut: what is under way fails at once', async () => {
  const client = clientFor(verified());
  await client.connect();
  const sleeping = client.query('select pg_sleep(60)');
  await waitFor(async () => (await sleepers()) === 1);
  client.cut(new Error('enough'));
  await expect(sleeping).rejects.toThrow();
  expect(client.fault?.message).toBe('enough');
  await own.primary.query(`select pg_terminate_backend(pid) from pg_stat_activity where query ~ '^select pg_sleep'`);

  async function sleepers(): Promise<number> {
    return (await own.primary.query(`select from pg_stat_activity where query ~ '^select pg_sleep'`)).length;
  }
});

describe('somebody in between who speaks TLS to both sides', () => {
  let between: Server;
  beforeAll(async () => {
    const { certFile, keyFile } = await stranger.issue('DNS:localhost');
    const [cert, key] = [readFileSync(certFile), readFileSync(keyFile)];
    between = createServer((caller) => {
      caller.on('error', () => undefined);
      caller.once('data', () => {
        caller.write('S');
        const near = new TLSSocket(caller, { isServer: true, cert, key });
        near.on('error', () => undefined);
        void askForTls(own.primary.port ?? 0).then((socket) => {
          const far = connectTls({ socket, rejectUnauthorized: false });
          far.on('error', () => undefined);
          near.pipe(far).pipe(near);
        });
      });
    }).listen(0, '127.0.0.1');
    await once(between, 'listening');
  });
  afterAll(() => new Promise((resolve) => between.close(resolve)));

  test('is found by who has the authority; who has not at least fails to log in through it', async () => {
    const { port } = between.address() as AddressInfo;
    await expect(encrypted(verified(), { port })).rejects.toMatchObject({ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
    await expect(encrypted({ ssl: 'require' }, { port })).rejects.toThrow('SCRAM channel binding check failed');
  });
});

describe('a process', () => {
  let fresh: TestDatabase;
  let open: OpenDatabase;
  const file = () => join(folder, 'mounted.pem');
  const nodes = () => open.database.pool.view().nodes;

  beforeAll(async () => {
    fresh = await testDatabase({ cluster: own });
    copyFileSync(authority.certFile, file());
    const tls = { host: 'localhost', ssl: true, ssl_ca_file: file() };
    open = await openDatabase({
      ...fresh.environment('diagnostics'),
      DATABASE_NODES: JSON.stringify(fresh.nodes.map((node) => ({ ...node, ...tls }))),
    });
  });
  afterAll(async () => {
    await open.close();
    await fresh.drop();
  });

  /** Reads, and looks at what the server says of all connections of the process. */
  async function read(): Promise<unknown[]> {
    const session = open.database.as({ role: 'service', claims: { tenant_id: 'tnt_a', role: 'admin' } });
    await session.read((manager) => manager.query('select id from devices where tenant_id = $1', ['tnt_a']));
    return own.primary.query(
      `select distinct ssl from pg_stat_ssl join pg_stat_activity using (pid) where datname = '${fresh.name}'`,
    );
  }

  test('uses the nodes that prove who they are, and says of the others why it does not', async () => {
    expect(await read()).toEqual([{ ssl: true }]);
    expect(nodes()).toMatchObject([
      { id: 'primary', reachable: true },
      { id: 'replica', reachable: false, last_error: 'The server does not support SSL connections' },
    ]);
  });

  test('says which setting of which node is wrong when the authority is gone, and recovers with it', async () => {
    rmSync(file());
    const ended = `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${fresh.name}'`;
    await own.primary.query(ended);
    await waitFor(() => !nodes()[0]?.reachable);
    expect(nodes()[0]?.last_error).toBe('node primary: ssl_ca_file cannot be read (ENOENT)');
    await expect(read()).rejects.toMatchObject({ code: 'service-unavailable' });
    copyFileSync(authority.certFile, file());
    await waitFor(() => nodes()[0]?.reachable);
    expect(await read()).toEqual([{ ssl: true }]);
  });
});

test('the migration reaches its server the same way, by the words of its URL', async () => {
  const admin = (tls: Record<string, string>) => {
    const url = new URL(own.primary.url('encrypted'));
    url.hostname = 'localhost';
    url.search = new URLSearchParams(tls).toString();
    return url.href;
  };
  await expect(
    prepareCluster(admin({ sslmode: 'verify-full', sslrootcert: stranger.certFile }), {}),
  ).rejects.toMatchObject({ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
  const url = admin({ sslmode: 'verify-full', sslrootcert: authority.certFile });
  await prepareCluster(url, {});
  await own.primary.withClient(
    (client) =>
      client.query(`
        create table seen (encrypted boolean);
        create function note() returns event_trigger language plpgsql security definer as $$ begin
          insert into public.seen select ssl from pg_stat_ssl where pid = pg_backend_pid();
        end $$;
        create event trigger note on ddl_command_end execute function note()`),
    'encrypted',
  );
  expect((await runMigrations(url)).length).toBeGreaterThan(0);
  const seen = await own.primary.withClient(
    (client) => client.query('select distinct encrypted from seen'),
    'encrypted',
  );
  expect(seen.rows).toEqual([{ encrypted: true }]);
}, 60_000);
