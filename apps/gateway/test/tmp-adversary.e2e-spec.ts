/* temporary: probes of an adversary, never committed */
import { appendFileSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createHash, randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { Api } from './support/api.js';
import { diagnosticBody, fileSystem } from './support/diagnostics.js';
import { count, rows } from './support/rows.js';

const api = new Api();
const PATH = '/api/v1/diagnostics';
const OUT = '/tmp/adversary/out.txt';
writeFileSync(OUT, '');
const say = (what: string, value: unknown) =>
  appendFileSync(OUT, `${what} => ${typeof value === 'string' ? value : JSON.stringify(value)}\n`);
const brief = (a: any) =>
  `${a.status} ${a.headers.get('content-type')} ${a.body?.code ?? ''} ${JSON.stringify(a.body?.errors ?? '').slice(0, 160)}`;
let T: string, V: string;

/** raw socket exchange; resolves with all that came until close/timeout */
function raw(text: string | Buffer, waitMs = 1500, halfOpen = true): Promise<string> {
  const { hostname, port } = new URL(api.suite.base_url);
  return new Promise((resolve) => {
    let got = '';
    const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true }, () => socket.write(text));
    const timer = setTimeout(() => {
      socket.destroy();
      resolve(got || '(nothing)');
    }, waitMs);
    socket.on('data', (d) => {
      got += d.toString();
    });
    socket.on('error', (e) => {
      got += `(error ${e.message})`;
    });
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(got || '(closed without a word)');
    });
    socket.on('end', () => {
      clearTimeout(timer);
      socket.destroy();
      resolve(got || '(ended without a word)');
    });
    void halfOpen;
  });
}
const flat = (text: string) => text.replace(/\r\n/g, ' | ').slice(0, 900);

beforeAll(async () => {
  [T, V] = [await api.tokenOf('technician'), await api.tokenOf('viewer')];
});
const run = (name: string, work: () => Promise<void>, ms = 60_000) =>
  it(
    name,
    async () => {
      try {
        await work();
      } catch (e) {
        say(`!! ${name}`, String((e as Error).stack).slice(0, 500));
      }
    },
    ms,
  );
const post = (json: unknown, headers: Record<string, string> = {}, token = T) =>
  api.call(PATH, { token, json, headers });

run('500 hunt: POST', async () => {
  const cases: [string, Record<string, unknown>][] = [
    ['collected 9999-12-31T23:59:59-23:59', { collected_at: '9999-12-31T23:59:59-23:59' }],
    ['collected 9999-12-31T23:59:59Z', { collected_at: '9999-12-31T23:59:59Z' }],
    ['collected no seconds', { collected_at: '2026-11-22T08:00Z' }],
    ['collected long fraction', { collected_at: `2026-11-22T08:00:00.${'1'.repeat(500)}Z` }],
    ['collected 1970 +23:59', { collected_at: '1970-01-02T00:00:00+23:59' }],
    ['duration max', { duration_ms: 86_400_000 }],
    ['schema 1000', { schema_version: 1000 }],
    [
      'section toString',
      {
        sections: {
          toString: { status: 'ok', data: { a: 1 } },
          valueOf: { status: 'ok', data: {} },
          hasOwnProperty: { status: 'ok' },
        },
      },
    ],
    [
      'cpu data toString/valueOf keys',
      {
        sections: {
          cpu: { status: 'ok', data: { toString: 1, valueOf: 'x', toJSON: 'x', hasOwnProperty: 1, currentLoad: 3 } },
        },
      },
    ],
    [
      'nul mount full',
      {
        sections: {
          storage: {
            status: 'ok',
            data: {
              fsSize: [
                { ...fileSystem(99), mount: '/a\u0000b' },
                { ...fileSystem(99), mount: '\ud800' },
                { ...fileSystem(99), mount: '/' },
                { ...fileSystem(99), mount: '/' },
              ],
            },
          },
        },
      },
    ],
    [
      'huge numbers',
      {
        sections: {
          memory: {
            status: 'ok',
            data: { total: 1e308, available: 5e-324, used: 1e308, swaptotal: 1e308, swapused: 1e308 },
          },
          storage: {
            status: 'ok',
            data: { fsSize: [{ ...fileSystem(50), size: 1e308, used: 1e308, available: 1e-300, use: 1e308 }] },
          },
        },
      },
    ],
    ['device tiny', { device: { hostname: '\u00a0' } }],
    ['device blank', { device: { hostname: ' ' } }],
    ['device junk serial only', { device: { serial: 'Default string' } }],
    [
      'device weird',
      {
        device: {
          hostname: '\u202e💣'.repeat(60),
          serial: '💣'.repeat(127),
          uuid: '\u2028\u2029'.repeat(100),
          macs: ['\u2028'],
        },
      },
    ],
    ['hostname İ', { device: { hostname: 'İ'.repeat(255) } }],
    ['agent id', { agent: { id: "'; drop table x;--", version: '💣' } }],
    ['agent null', { agent: null }],
    ['notes newline', { notes: 'a\n\tb\r' }],
    ['notes C1', { notes: 'a\u0085\u009bb' }],
    ['error text', { sections: { cpu: { status: 'error', error: 'line\nfeed' } } }],
    ['data null', { sections: { cpu: { status: 'denied', data: null } } }],
    ['data deep', { sections: { cpu: { status: 'ok', data: JSON.parse('{"a":'.repeat(27) + '1' + '}'.repeat(27)) } } }],
    ['diagnostic_id', { diagnostic_id: `dgn_${'0'.repeat(32)}` }],
    [
      '64 sections',
      { sections: Object.fromEntries(Array.from({ length: 64 }, (_, i) => [`s${i}`, { status: 'ok', data: { i } }])) },
    ],
  ];
  for (const [name, change] of cases) {
    const a = await post(diagnosticBody(change));
    say(
      `POST ${name}`,
      `${brief(a)} ${a.status === 201 ? `partial=${a.body.partial} collected=${a.body.collected_at}` : ''}`,
    );
  }
  // raw texts
  const wrap = (sections: string) =>
    JSON.stringify(diagnosticBody()).replace(/"sections":.*$/, `"sections":${sections}}`);
  for (const [name, sections] of [
    ['1e999 in data', '{"cpu":{"status":"ok","data":{"currentLoad":1e999,"x":-1e999}}}'],
    ['1e999 collected_ms', '{"cpu":{"status":"ok","collected_ms":1e999}}'],
    ['dup keys', '{"cpu":{"status":"ok","status":"denied"}}'],
    ['long digits', `{"cpu":{"status":"ok","data":{"x":${'9'.repeat(100000)}}}}`],
    ['bignum', '{"cpu":{"status":"ok","data":{"x":12345678901234567890,"y":1.0,"z":-0}}}'],
  ] as const) {
    const a = await api.call(PATH, { token: T, raw: wrap(sections) });
    const got = a.status === 201 ? await api.call(`${PATH}/${a.body.id}?include=raw`, { token: V }) : undefined;
    say(`RAW ${name}`, `${brief(a)} raw=${JSON.stringify(got?.body?.sections ?? '').slice(0, 120)}`);
  }
  const bom = await api.call(PATH, { token: T, raw: '\ufeff' + JSON.stringify(diagnosticBody()) });
  say('RAW bom', brief(bom));
  say(
    'CE GZIP uppercase',
    brief(
      await api.call(PATH, {
        token: T,
        raw: JSON.stringify(diagnosticBody()),
        headers: { 'content-encoding': 'GZIP' },
      }),
    ),
  );
  say(
    'CE Identity',
    brief(
      await api.call(PATH, {
        token: T,
        raw: JSON.stringify(diagnosticBody()),
        headers: { 'content-encoding': 'Identity' },
      }),
    ),
  );
  say(
    'CT JSON upper',
    brief(
      await api.call(PATH, {
        token: T,
        raw: JSON.stringify(diagnosticBody()),
        headers: { 'content-type': 'Application/JSON; charset=UTF-8' },
      }),
    ),
  );
  say('POST ?foo=1', brief(await api.call(`${PATH}?foo=1`, { token: T, json: diagnosticBody() })));
  say('POST key ""', brief(await post(diagnosticBody(), { 'idempotency-key': '' })));
  say('POST key 255', brief(await post(diagnosticBody(), { 'idempotency-key': 'k'.repeat(255) + '' })));
  const big = await post(diagnosticBody({ ['k'.repeat(900_000)]: 1 }));
  say('pointer reflection', `${big.status} bytes ${big.text.length}`);
});

run('500 hunt: GET', async () => {
  for (const q of [
    '?limit=1e2',
    '?limit=0x10',
    '?limit=5.0',
    '?limit=+5',
    '?limit=%205',
    '?limit=%00',
    '?limit[]=1',
    '?limit=1&limit=2',
    '?limit=',
    '?limit=201',
    '?limit=0',
    '?limit=-1',
    '?limit=NaN',
    '?limit=true',
    '?__proto__=1',
    '?constructor=1',
    '?%00=1',
    '?limit=%zz',
    '?cursor=%00',
    '?cursor=',
    '?type=full&type=full',
    '?from=0000-01-01T00:00:00Z',
    '?from=9999-12-31T23:59:59-23:59',
    '?to=2026-11-22T08:00:00%2B23:59',
    `?from=2026-11-22T08:00:00.${'1'.repeat(200)}Z`,
    '?from=0001-01-01T00:00:00Z',
    '?from=2026-11-22T08:00Z',
    '?from=2026-11-22',
    '?device_id=x',
    '?severity=fatal',
    '?status=done',
    `?cursor=${'A'.repeat(513)}`,
    `?cursor=${'A'.repeat(500)}`,
    '?a=' + 'x'.repeat(8000),
  ]) {
    const a = await api.call(`${PATH}${q}`, { token: V });
    say(`LIST ${q.slice(0, 60)}`, brief(a));
  }
  for (const id of [
    '%00',
    'dgn_%00',
    '%ED%A0%80',
    '%F0%9F%92%A3',
    'x'.repeat(255),
    'x'.repeat(300),
    '%2e%2e',
    'a%2Fb',
    '%E2%80%AE',
  ]) {
    const a = await api.call(`${PATH}/${id}`, { token: V });
    say(`GET id ${id.slice(0, 20)}(${id.length})`, brief(a) + ` instance=${String(a.body?.instance).slice(0, 60)}`);
  }
  for (const inc of [
    '?include=raw,raw,raw',
    '?include=raw,raw,raw,raw',
    '?include=%00',
    '?include=findings,',
    '?include[]=raw',
  ]) {
    const a = await api.call(`${PATH}/dgn_${'0'.repeat(32)}${inc}`, { token: V });
    say(`GET ${inc}`, brief(a));
  }
  for (const inc of ['', '?include=sections', '?include=raw']) {
    const a = await api.call(`${PATH}/%00${inc}`, { token: V });
    say(`GET NUL ${inc}`, brief(a));
  }
  // cursors
  for (let i = 0; i < 3; i++) await post(diagnosticBody());
  const { next_cursor } = (await api.call(`${PATH}?limit=1`, { token: V })).body.page;
  const last = next_cursor.at(-1);
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const flipped = next_cursor.slice(0, -1) + alphabet[alphabet.indexOf(last) ^ 1];
  say(`cursor last ${last} low bit flipped`, brief(await api.call(`${PATH}?limit=1&cursor=${flipped}`, { token: V })));
  for (const suffix of ['!', '=', '==', '.', '%0a', '!!!junk'])
    say(`cursor + ${suffix}`, brief(await api.call(`${PATH}?limit=1&cursor=${next_cursor}${suffix}`, { token: V })));
  say(
    'cursor with other filters',
    brief(await api.call(`${PATH}?limit=1&type=memory&cursor=${next_cursor}`, { token: V })),
  );
  // token malleability
  const sig = V.at(-1)!;
  let accepted = 0;
  for (let bit = 1; bit <= 15; bit++) {
    const t = V.slice(0, -1) + alphabet[alphabet.indexOf(sig) ^ bit];
    if ((await api.call('/api/v1/auth/me', { token: t })).status === 200) accepted++;
  }
  say('access tokens with altered last character accepted (of 15)', String(accepted));
});

run(
  'framework errors',
  async () => {
    const head = (extra = '') => `Host: x\r\nAuthorization: Bearer ${V}\r\n${extra}`;
    for (const [name, text] of [
      ['431', `GET /live HTTP/1.1\r\nHost: x\r\nX-Large: ${'x'.repeat(20_000)}\r\n\r\n`],
      ['long url', `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`],
      ['bad request line', 'GET / HTTP/9.9\r\n\r\n'],
      ['unknown method', 'FOO /live HTTP/1.1\r\nHost: x\r\n\r\n'],
      ['no host', 'GET /live HTTP/1.1\r\nConnection: close\r\n\r\n'],
      [
        'CL+TE',
        `POST ${PATH} HTTP/1.1\r\n${head('Content-Type: application/json\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n')}\r\n0\r\n\r\n`,
      ],
      [
        'bad TE',
        `POST ${PATH} HTTP/1.1\r\n${head('Content-Type: application/json\r\nTransfer-Encoding: banana\r\n')}\r\n{}`,
      ],
      ['bad CL', `POST ${PATH} HTTP/1.1\r\n${head('Content-Type: application/json\r\nContent-Length: -3\r\n')}\r\n{}`],
      [
        'bad chunk',
        `POST ${PATH} HTTP/1.1\r\n${head('Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n')}\r\nzz\r\n{}\r\n0\r\n\r\n`,
      ],
      [
        'expect',
        `POST ${PATH} HTTP/1.1\r\n${head('Content-Type: application/json\r\nContent-Length: 2\r\nExpect: banana\r\nConnection: close\r\n')}\r\n{}`,
      ],
      ['bad url', `GET /api/v1/%zz HTTP/1.1\r\n${head('Connection: close\r\n')}\r\n`],
      ['404', `GET /nope HTTP/1.1\r\n${head('Connection: close\r\n')}\r\n`],
      [
        'OPTIONS known',
        `OPTIONS ${PATH} HTTP/1.1\r\n${head('Connection: close\r\nOrigin: https://evil.example\r\nAccess-Control-Request-Method: POST\r\n')}\r\n`,
      ],
      ['OPTIONS *', `OPTIONS * HTTP/1.1\r\n${head('Connection: close\r\n')}\r\n`],
      ['PROPFIND known', `PROPFIND ${PATH} HTTP/1.1\r\n${head('Connection: close\r\n')}\r\n`],
      ['TRACE known', `TRACE ${PATH} HTTP/1.1\r\n${head('Connection: close\r\n')}\r\n`],
      ['HEAD login', `HEAD /api/v1/auth/login HTTP/1.1\r\n${head('Connection: close\r\n')}\r\n`],
      ['HEAD list no token', `HEAD ${PATH} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`],
      ['HEAD list', `HEAD ${PATH} HTTP/1.1\r\n${head('Connection: close\r\n')}\r\n`],
      ['absolute-form', `GET http://x/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`],
      ['upgrade', `GET /live HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`],
      ['connect', `CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n`],
      [
        'override',
        `POST ${PATH} HTTP/1.1\r\n${head('X-HTTP-Method-Override: GET\r\nContent-Length: 0\r\nConnection: close\r\n')}\r\n`,
      ],
      ['param too long', `GET ${PATH}/${'x'.repeat(300)} HTTP/1.1\r\n${head('Connection: close\r\n')}\r\n`],
      ['docs', `HEAD /api/docs HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`],
      ['docs missing', `GET /api/docs/nothing.js HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`],
      ['docs traversal', `GET /api/docs/..%2f..%2f..%2fpackage.json HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`],
      [
        'openapi range',
        `GET /api/docs/swagger-ui.css HTTP/1.1\r\nHost: x\r\nRange: bytes=999999999-\r\nConnection: close\r\n\r\n`,
      ],
    ] as const)
      say(`WIRE ${name}`, flat(await raw(text)));
    for (const [name, method, path, body, ct] of [
      ['404 + text/plain', 'POST', '/nope', 'x', 'text/plain'],
      ['404 + bad json', 'POST', '/nope', '{', 'application/json'],
      ['405 + text/plain', 'PUT', PATH, 'x', 'text/plain'],
      ['405 + bad json', 'DELETE', PATH, '{', 'application/json'],
      ['401 + bad json', 'POST', PATH, '{', 'application/json'],
      ['401 + 2 MiB', 'POST', PATH, 'x'.repeat(2 << 20), 'application/json'],
      ['logout null', 'POST', '/api/v1/auth/logout', 'null', 'application/json'],
    ] as const)
      say(`HTTP ${name}`, brief(await api.call(path, { method, raw: body, headers: { 'content-type': ct } })));
  },
  90_000,
);

run('metrics gauge under aborts', async () => {
  const gauge = async () => /http_requests_in_progress (\d+)/.exec((await api.call('/metrics')).text)?.[1];
  const before = await gauge();
  const { hostname, port } = new URL(api.suite.base_url);
  await Promise.all(
    Array.from(
      { length: 30 },
      () =>
        new Promise<void>((resolve) => {
          const s = connect(Number(port), hostname, () => {
            s.write(
              `POST ${PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${T}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"a":`,
            );
            setTimeout(() => {
              s.destroy();
              resolve();
            }, 200);
          });
          s.on('error', () => undefined);
        }),
    ),
  );
  const body = JSON.stringify(diagnosticBody());
  await Promise.all(
    Array.from(
      { length: 10 },
      () =>
        new Promise<void>((resolve) => {
          const s = connect(Number(port), hostname, () => {
            s.write(
              `POST ${PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${T}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
            );
            setTimeout(() => {
              s.destroy();
              resolve();
            }, 3);
          });
          s.on('error', () => undefined);
        }),
    ),
  );
  await new Promise((r) => setTimeout(r, 3000));
  say('in_progress before/after 40 aborts', `${before} ${await gauge()}`);
});

run('role change: old token rides on the new token’s cache entry', async () => {
  const first = await api.logIn('manager', 1);
  const setRole = (role: string) =>
    rows(
      `with c as (select set_config('request.jwt.claims', '{"role":"admin"}', false)) update users set role = $1 from c where id = $2`,
      [role, first.user.id],
    );
  try {
    await setRole('viewer');
    await new Promise((r) => setTimeout(r, 1200));
    const before = (await api.call('/api/v1/auth/me', { token: first.access_token })).status;
    await new Promise((r) => setTimeout(r, 1100));
    const second = (await api.call('/api/v1/auth/refresh', { json: { refresh_token: first.refresh_token } })).body;
    const seen: number[] = [];
    for (let i = 0; i < 5; i++) {
      await api.call('/api/v1/auth/me', { token: second.access_token });
      seen.push((await api.call(PATH, { token: first.access_token, json: diagnosticBody() })).status);
      await new Promise((r) => setTimeout(r, 950));
    }
    say(
      'old role',
      `roles ${decodeJwt<any>(first.access_token).role} -> ${decodeJwt<any>(second.access_token).role}; alone ${before}; after new token seen: POST as manager ${seen}`,
    );
    const third: number[] = [];
    for (let i = 0; i < 5; i++) {
      await api.call('/api/v1/auth/me', { token: first.access_token });
      third.push((await api.call('/api/v1/auth/me', { token: second.access_token })).status);
      await new Promise((r) => setTimeout(r, 950));
    }
    say('new token denied by old token’s entry', String(third));
  } finally {
    await setRole('manager');
  }
});

run(
  'logout crosswise deadlock',
  async () => {
    const statuses: number[] = [];
    for (let i = 0; i < 12; i++) {
      const [a, b] = [await api.logIn('viewer'), await api.logIn('viewer')];
      const out = await Promise.all([
        api.call('/api/v1/auth/logout', { token: a.access_token, json: { refresh_token: b.refresh_token } }),
        api.call('/api/v1/auth/logout', { token: b.access_token, json: { refresh_token: a.refresh_token } }),
      ]);
      statuses.push(...out.map(({ status }) => status));
    }
    say('crosswise logouts', JSON.stringify(statuses));
  },
  120_000,
);

run(
  'device identity race',
  async () => {
    let merged = 0;
    const N = 8;
    const detail: string[] = [];
    for (let i = 0; i < N; i++) {
      const hostname = `race-${randomUUID()}`;
      const first = (await post(diagnosticBody({ device: { hostname } }))).body.device_id;
      const [a, b] = await Promise.all(
        ['A', 'B'].map((s) => post(diagnosticBody({ device: { hostname, serial: `${s}-${hostname}` } }))),
      );
      if (a!.body.device_id === b!.body.device_id) {
        merged++;
        detail.push(a!.body.device_id === first ? 'into the first' : '?');
      }
    }
    say(`two serials under one host name merged (of ${N})`, `${merged} ${detail}`);
    // crosswise deadlock storm
    const s = randomUUID();
    const storm = await Promise.all(
      Array.from({ length: 30 }, (_, i) =>
        post(
          diagnosticBody({
            device: { hostname: `h${i % 3}-${s}`, serial: `S${(i * 7) % 4}-${s}`, uuid: `u${(i * 5) % 3}-${s}` },
            sections: {
              storage: {
                status: 'ok',
                data: {
                  fsSize: [
                    { ...fileSystem(95), mount: `/${i % 4}` },
                    { ...fileSystem(96), mount: `/${(i + 1) % 4}` },
                  ],
                },
              },
            },
          }),
        ),
      ),
    );
    say(
      'storm statuses',
      JSON.stringify(storm.reduce((m: any, { status }) => ({ ...m, [status]: (m[status] ?? 0) + 1 }), {})),
    );
  },
  120_000,
);

run('time of scoring and future clock', async () => {
  const os = {
    platform: 'win32',
    distro: 'Microsoft Windows 10 Pro',
    release: '10.0.19045',
    build: '19045',
    kernel: '10.0.19045',
    arch: 'x64',
    uptime: 1000,
    codename: '',
  };
  const mk = (collected_at: string) =>
    post(
      diagnosticBody({
        collected_at,
        sections: { ...(diagnosticBody().sections as object), os: { status: 'ok', data: os } },
      }),
    );
  for (const at of ['2022-01-01T00:00:00Z', '2026-11-22T08:00:00Z']) {
    const { body } = await mk(at);
    say(
      `win10 at ${at}`,
      `score ${body.health?.score} ${JSON.stringify(body.health?.deductions?.map((d: any) => d.code))}`,
    );
  }
  const serial = `F-${randomUUID()}`;
  const future = (await post(diagnosticBody({ device: { serial }, collected_at: '9999-12-31T00:00:00Z' }))).body;
  const now = (await post(diagnosticBody({ device: { serial, model: 'NEW' }, collected_at: new Date().toISOString() })))
    .body;
  const [row] = await rows<any>(
    'select latest_diagnostic_id, latest_collected_at::text, model from devices where id = $1',
    [now.device_id],
  );
  say(
    'future clock',
    `${row.latest_diagnostic_id === future.id ? 'STUCK on the future one' : 'ok'} ${JSON.stringify(row)}`,
  );
});

run('audit cannot be written', async () => {
  const b = diagnosticBody();
  const before = await count('select 1 from diagnostics');
  const { id } = (await post(diagnosticBody())).body;
  try {
    await rows('revoke insert on audit_events from svc_diagnostics, svc_identity');
    say(
      'POST without audit',
      brief(await post(b)) + ` stored=${(await count('select 1 from diagnostics')) - before - 1}`,
    );
    say('raw read without audit', brief(await api.call(`${PATH}/${id}?include=raw`, { token: V })));
    const { email, password } = api.user('viewer');
    say('login without audit', brief(await api.call('/api/v1/auth/login', { json: { email, password } })));
    say(
      'failed login without audit',
      brief(await api.call('/api/v1/auth/login', { json: { email, password: 'wrong' } })),
    );
  } finally {
    await rows('grant insert on audit_events to svc_diagnostics, svc_identity');
  }
});

run(
  'login timing',
  async () => {
    const { email } = api.user('viewer');
    const dis = api.user('manager', 1);
    const [{ id }] = (await rows<any>('select id from users where email = $1', [dis.email])) as any;
    await rows('update users set disabled_at = now() where id = $1', [id]);
    const t: Record<string, number[]> = { wrong: [], unknown: [], disabled: [], disabledRight: [] };
    try {
      for (let i = 0; i < 40; i++)
        for (const [k, json] of Object.entries({
          wrong: { email, password: 'x'.repeat(20) },
          unknown: { email: `nobody${i}@nowhere.example`, password: 'x'.repeat(20) },
          disabled: { email: dis.email, password: 'x'.repeat(20) },
          disabledRight: { email: dis.email, password: dis.password },
        })) {
          const s = performance.now();
          const a = await api.call('/api/v1/auth/login', { json });
          t[k]!.push(performance.now() - s);
          if (a.status !== 401) say('login odd', brief(a));
        }
    } finally {
      await rows('update users set disabled_at = null where id = $1', [id]);
    }
    const med = (x: number[]) => x.sort((a, b) => a - b)[Math.floor(x.length / 2)]!.toFixed(2);
    say('login medians ms', Object.fromEntries(Object.entries(t).map(([k, x]) => [k, med(x)])));
    // flood of log-ins and what it does to others
    const me = async () => {
      const s = performance.now();
      const a = await api.call('/api/v1/auth/me', { token: V });
      return `${a.status} ${(performance.now() - s).toFixed(0)}ms`;
    };
    const quiet = await me();
    const flood = Promise.all(
      Array.from({ length: 150 }, () => api.call('/api/v1/auth/login', { json: { email, password: 'y' } })),
    );
    await new Promise((r) => setTimeout(r, 100));
    const during = [await me(), await me()];
    const fs = performance.now();
    const answers = await flood;
    say(
      'flood of 150 log-ins',
      `quiet ${quiet} during ${during} flood took ${(performance.now() - fs).toFixed(0)}ms ${JSON.stringify(answers.reduce((m: any, { status }) => ({ ...m, [status]: (m[status] ?? 0) + 1 }), {}))}`,
    );
  },
  120_000,
);

run(
  'slow callers',
  async () => {
    const s = Date.now();
    const timed = async (name: string, text: string) => {
      const got = await raw(text, 58_000);
      say(`SLOW ${name}`, `${Date.now() - s} ms: ${flat(got)}`);
    };
    await Promise.all([
      timed('headers never end', `GET /live HTTP/1.1\r\nHost: x\r\nX-A: `),
      timed(
        'body never ends',
        `POST ${PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${T}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"a":`,
      ),
      timed('nothing sent', ''),
    ]);
  },
  70_000,
);

run('logs', async () => {
  const { folder } = JSON.parse(process.env.TECHZE_TEST_RUN!);
  const files: string[] = [];
  const walk = (dir: string) => {
    for (const n of readdirSync(dir)) {
      const p = join(dir, n);
      if (/postgres|redis/.test(n)) continue;
      if (statSync(p).isDirectory()) walk(p);
      else files.push(p);
    }
  };
  walk(join(folder, 'suite'));
  for (const f of files.filter((f) => /log/.test(f))) {
    const text = readFileSync(f, 'utf8');
    const lines = text.split('\n').filter(Boolean);
    const http = lines.filter((l) => l.includes('"msg":"request"'));
    say(
      `LOG ${f.split('/').slice(-2).join('/')}`,
      `${lines.length} lines; http ${http.length} of which with request_id ${http.filter((l) => l.includes('request_id')).length}, tenant ${http.filter((l) => l.includes('tenant_id')).length}; sample ${http.at(-1)?.slice(0, 300)}`,
    );
    const errors = lines.filter((l) => /"level":"?(error|50|fatal|60)/.test(l));
    const kinds = new Map<string, string>();
    for (const e of errors)
      kinds.set(
        createHash('md5')
          .update(e.replace(/[0-9a-f]{6,}|\d+/g, ''))
          .digest('hex'),
        e,
      );
    say(`LOG errors`, `${errors.length}, kinds ${kinds.size}`);
    for (const e of [...kinds.values()].slice(0, 14)) say('   ', e.slice(0, 1100));
    for (const secret of [
      'x'.repeat(20),
      T.slice(0, 60),
      api.user('viewer').password,
      'at the counter',
      api.user('viewer').email,
    ])
      if (text.includes(secret)) say('   LOG HOLDS', secret.slice(0, 30));
  }
});
