import { randomUUID } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { keyScopes } from '@techze/contracts';
import { waitFor } from '@techze/testing';
import { Api, type Answer, type Call } from './support/api.js';
import { comparable } from './support/comparable.js';
import { operationsOf, type Operation } from './support/isolation/operations.js';
import { askersOf, doorOf, type Asker } from './support/isolation/principals.js';
import { rateClassOf, referenceParameters, routeSamples, type RouteSample } from './support/isolation/route-samples.js';
import { inhabitedTenant, kinds, unknownThings, type Inhabited, type Things } from './support/isolation/things.js';
import { ownTenant, type OwnTenant } from './support/own-tenant.js';
import { rows } from './support/rows.js';

/** Requests at a time. */
const LANES = 12;
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
/** Moves on by itself after a write of the tenant's own. */
const MOVING = ['outbox', 'inbox', 'audit_unsealed', 'audit_seals', 'audit_heads', 'api_usage'];
/** No version is this one: what would be changed is found, and stays. */
const STALE = { 'if-match': '"v999999999"' };

/** In place of an id. */
const MALFORMED = [
  'x',
  '%27%20or%201%3D1--',
  '..%2f..%2fhealth',
  '%00',
  `DEV_${'A'.repeat(32)}`,
  `dev_${'a'.repeat(32)}%20`,
  '*',
];

const api = new Api();
const unknown = unknownThings();

/** One request and what is wrong with its answer; nothing when it is as it should be. */
interface Cell {
  readonly name: string;
  readonly check: () => Promise<string | undefined>;
}

let turns = 0;
/** So many of them, others each time: together they are everywhere, but not each of them at each place. */
function turnOf<T>(all: readonly T[], take: number): T[] {
  return Array.from({ length: take }, () => all[(turns += 1) % all.length] as T);
}

describe('the isolation matrix', () => {
  let operations: Operation[];
  let home: Inhabited;
  let away: Inhabited;
  let askers: Asker[];
  let operator: string;
  /** Whose sessions may end. */
  let scratch: OwnTenant;
  /** What no answer to anybody of `home` may hold. */
  let secrets: string[];
  const cells: Record<string, number> = {};

  beforeAll(async () => {
    [operations, home, away, operator] = await Promise.all([
      operationsOf(api),
      inhabitedTenant(api, keyScopes),
      inhabitedTenant(api, keyScopes),
      ownOperator(),
    ]);
    scratch = await ownTenant(api);
    const scope = 'devices:read';
    const narrow = await api.call('/api/v1/api-keys', {
      token: home.tokens.admin,
      json: { name: 'narrow', role: 'manager', scopes: [scope] },
    });
    askers = askersOf(home, operator, { key: narrow.body.key, scope });
    secrets = [...kinds.map((kind) => away.things[kind]), away.mark, away.id];
  }, 120_000);
  afterAll(() => {
    const total = Object.values(cells).reduce((sum, count) => sum + count, 0);
    process.stdout.write(`isolation matrix: ${total} cells ${JSON.stringify(cells)}\n`);
  });

  /** Does them all, a few at a time. @returns what is wrong */
  async function faultsOf(what: string, all: readonly Cell[]): Promise<string[]> {
    cells[what] = all.length;
    const left = [...all];
    const faults: string[] = [];
    const lane = async () => {
      for (let cell = left.shift(); cell; cell = left.shift()) {
        const fault = await cell.check().catch((error: unknown) => `no answer: ${String(error)}`);
        if (fault !== undefined) faults.push(`${cell.name}: ${fault}`);
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    return faults;
  }

  /** What of the other tenant an answer gives away; what was asked for by its id comes back in the problem's instance. */
  function leakIn({ text, headers }: Answer, asked: readonly string[] = []): string | undefined {
    const said = asked.reduce((rest, id) => rest.replaceAll(id, ''), `${text}${JSON.stringify([...headers])}`);
    const leak = secrets.find((secret) => said.includes(secret));
    return leak === undefined ? undefined : `tells of ${leak}`;
  }

  function pathOf({ path }: Operation, sample: RouteSample, things: Things): string {
    return path.replace(/\{(\w+)\}/g, (_all, name: string) => {
      const what = sample.params?.[name];
      if (what === undefined) throw new Error(`${path}: the sample does not say what ${name} is`);
      return typeof what === 'string' ? things[what] : what.text;
    });
  }

  /** Ids in the path of an operation that are of somebody. */
  function idsIn(sample: RouteSample, things: Things): string[] {
    return Object.values(sample.params ?? {}).flatMap((what) => (typeof what === 'string' ? [things[what]] : []));
  }

  async function ask(
    operation: Operation,
    sample: RouteSample,
    asker: Asker,
    { place = home.things, query = home.things, body = sample.body?.(home.things), headers }: AskOptions = {},
  ): Promise<Answer> {
    const search = sample.query?.(query);
    const path = `${pathOf(operation, sample, place)}${search === undefined ? '' : `?${search}`}`;
    const call: Call = {
      method: operation.method,
      ...(asker.token !== undefined && { token: asker.token }),
      ...(body !== undefined && { json: body }),
      ...(headers && { headers }),
    };
    const once = () => (sample.isStream ? openingOf(path, call) : api.call(path, call));
    return sample.own?.includes(503) ? once() : untilServed(once);
  }

  const covered = () =>
    operations.flatMap((operation) => {
      const sample = routeSamples[operation.name];
      return sample ? [{ operation, sample }] : [];
    });

  it('has a sample of every route, and the roles and the rate limit that api.md gives it', () => {
    const sampled = Object.keys(routeSamples).sort();
    expect(sampled).toEqual(operations.map(({ name }) => name).sort());
    const documented = Object.fromEntries(
      operations.map(({ name, roles }) => [name, roles ? [...roles].sort() : 'anyone']),
    );
    const specified = Object.fromEntries(
      Object.entries(routeSamples).map(([name, { roles }]) => [name, roles === 'anyone' ? roles : [...roles].sort()]),
    );
    expect(documented).toEqual(specified);
    expect(operations.map(({ name, rateClass }) => [name, rateClass])).toEqual(
      operations.map(({ name, path }) => [name, rateClassOf(path)]),
    );
    const takesKeys = (name: string) => operations.find((operation) => operation.name === name)?.keyScope !== undefined;
    expect(sampled.filter(takesKeys)).toEqual(sampled.filter((name) => routeSamples[name]?.keys));
  });

  it('routes × askers × {own, another tenant’s, unknown, malformed}: 401, 403, 404 or their own, and nothing of another tenant', async () => {
    const before = await rowsOf(away.id);
    const all = covered().flatMap(({ operation, sample }) =>
      askers.flatMap((asker) => cellsOf(operation, sample, asker)),
    );
    expect(await faultsOf('routes', all)).toEqual([]);
    expect(all.length).toBeGreaterThan(1_500);
    expect(await rowsOf(away.id)).toEqual(before);
  }, 120_000);

  function cellsOf(operation: Operation, sample: RouteSample, asker: Asker): Cell[] {
    const door = doorOf(asker, sample, operation.keyScope);
    const name = (column: string) => `${operation.name} by ${asker.name}, ${column}`;
    const shut = (column: string, place: Things): Cell => ({
      name: name(column),
      check: async () => {
        const answer = await ask(operation, sample, asker, { place });
        return shutFault(answer, door) ?? leakIn(answer, idsIn(sample, place));
      },
    });
    const hasIds = idsIn(sample, home.things).length > 0;
    if (door !== 'open') {
      // Who is nobody is nobody everywhere: one of them stands for all at the rest of the columns.
      const isThorough = hasIds && (door === 403 || asker.token === undefined);
      return [
        shut('own', home.things),
        ...(isThorough ? [shut('another tenant’s', away.things), shut('unknown', unknown)] : []),
      ];
    }
    const own: Cell = { name: name('own'), check: () => ownFault(operation, sample, asker) };
    if (!hasIds) return [own];
    const foreign = (sample.ofInstallation ? [] : ['', '*']).map((tag): Cell => ({
      name: name(`another tenant’s and unknown${tag && `, If-Match ${tag}`}`),
      check: () => foreignFault(operation, sample, asker, tag === '' ? {} : { 'if-match': tag, 'if-none-match': tag }),
    }));
    const malformed = turnOf(MALFORMED, 3).map((id): Cell => ({
      name: name(`malformed ${id}`),
      check: () => malformedFault(operation, sample, asker, id),
    }));
    return [own, ...foreign, ...malformed];
  }

  /** Whoever may, at what is his own. */
  async function ownFault(operation: Operation, sample: RouteSample, asker: Asker): Promise<string | undefined> {
    const isWrite = operation.method !== 'GET';
    const token = sample.endsSession && asker.role ? await spareToken(asker) : asker.token;
    const answer = await ask(operation, sample, { ...asker, token }, isWrite ? { headers: STALE } : {});
    const { status } = answer;
    const isElsewhere = asker.isElsewhere || asker.isOtherDevice || sample.personal;
    const nearby = isElsewhere && (idsIn(sample, home.things).length > 0 || asker.isOtherDevice) ? [404] : [];
    if (!(status >= 200 && status < 300) && ![412, ...nearby, ...(sample.own ?? [])].includes(status))
      return `is answered ${status} ${answer.text.slice(0, 200)}`;
    if (sample.ofInstallation) return undefined;
    if (asker.isElsewhere && status < 300 && answer.text.includes(home.mark)) return 'sees a tenant’s things';
    return leakIn(answer);
  }

  function spareToken(asker: Asker): Promise<string> {
    return asker.role === 'operator' ? ownOperator() : scratch.tokenOf(asker.role ?? '');
  }

  /** What is another tenant's is what is nobody's, byte for byte. */
  async function foreignFault(
    operation: Operation,
    sample: RouteSample,
    asker: Asker,
    headers: Record<string, string>,
  ) {
    const theirs = await ask(operation, sample, asker, { place: away.things, headers });
    const nobodys = await ask(operation, sample, asker, { place: unknown, headers });
    if (theirs.status !== 404) return `another tenant’s is answered ${theirs.status} ${theirs.text.slice(0, 200)}`;
    const [[their], [no]] = [idsIn(sample, away.things), idsIn(sample, unknown)];
    const [one, other] = [comparable(theirs, their ?? ''), comparable(nobodys, no ?? '')];
    if (JSON.stringify(one) !== JSON.stringify(other)) return `is told from unknown: ${one.text} / ${other.text}`;
    return leakIn(theirs, idsIn(sample, away.things));
  }

  async function malformedFault(operation: Operation, sample: RouteSample, asker: Asker, id: string) {
    const place = Object.fromEntries(kinds.map((kind) => [kind, id])) as Things;
    const answer = await ask(operation, sample, asker, { place });
    return answer.status === 404 ? leakIn(answer) : `is answered ${answer.status} ${answer.text.slice(0, 200)}`;
  }

  it('what is another tenant’s cannot be named in a body or a query either: it is what is nobody’s, and nothing changes there', async () => {
    const before = await rowsOf(away.id);
    const all = covered().flatMap(({ operation, sample }) =>
      askers
        .filter((asker) => asker.role !== undefined && doorOf(asker, sample, operation.keyScope) === 'open')
        .flatMap((asker) => [...bodyCells(operation, sample, asker), ...queryCells(operation, sample, asker)]),
    );
    expect(await faultsOf('references', all)).toEqual([]);
    expect(all.length).toBeGreaterThan(100);
    expect(await rowsOf(away.id)).toEqual(before);
  }, 120_000);

  function bodyCells(operation: Operation, sample: RouteSample, asker: Asker): Cell[] {
    const [theirs, nobodys] = [away.things, unknown].map((things) => sample.foreign?.(home.things, things) ?? []);
    return (theirs ?? []).map((body, nth) => ({
      name: `${operation.name} by ${asker.name}, body ${nth} of another tenant`,
      check: async () => {
        const one = await ask(operation, sample, asker, { body });
        const other = await ask(operation, sample, asker, { body: nobodys?.[nth] ?? {} });
        if (!isRefused(one)) return `is answered ${one.status} ${one.text.slice(0, 200)}`;
        return (
          differenceOf(one, other) ??
          leakIn(
            one,
            kinds.map((kind) => away.things[kind]),
          )
        );
      },
    }));
  }

  function queryCells(operation: Operation, sample: RouteSample, asker: Asker): Cell[] {
    return operation.queryParameters.flatMap((name): Cell[] => {
      const kind = referenceParameters[name];
      if (kind === undefined) return [];
      const asking = (things: Things) => ask(operation, { ...sample, query: () => `${name}=${things[kind]}` }, asker);
      return [
        {
          name: `${operation.name}?${name}= of another tenant by ${asker.name}`,
          check: async () => {
            const [one, other] = [await asking(away.things), await asking(unknown)];
            if (one.status === 200 && one.body?.data?.length > 0) return `finds something: ${one.text.slice(0, 200)}`;
            return differenceOf(one, other) ?? leakIn(one, [away.things[kind]]);
          },
        },
      ];
    });
  }

  it('a member that the document does not know is refused, wherever a body is taken: nobody assigns himself a tenant, an id or a role', async () => {
    const extras = {
      tenant_id: away.id,
      id: unknown.device,
      role: 'admin',
      created_at: '2020-01-01T00:00:00Z',
      health: { score: 100 },
      version: 7,
      password_hash: 'x',
      created_by: unknown.user,
      is_admin: true,
    };
    const admins = askers.filter(({ name }) => ['technician', 'admin', 'operator', 'agent'].includes(name));
    const all = covered().flatMap(({ operation, sample }) => {
      const body = sample.body?.(home.things);
      const asker = admins.find((each) => doorOf(each, sample, operation.keyScope) === 'open');
      if (body === undefined || !asker) return [];
      return Object.entries(extras)
        .filter(([name]) => !operation.bodyMembers?.includes(name))
        .map(([name, value]): Cell => ({
          name: `${operation.name} with ${name}`,
          check: async () => {
            const answer = await ask(operation, sample, asker, { body: { ...body, [name]: value }, headers: STALE });
            const pointers: string[] = (answer.body?.errors ?? []).map(({ pointer }: { pointer: string }) => pointer);
            return answer.status === 422 && pointers.some((pointer) => pointer.endsWith(`/${name}`))
              ? undefined
              : `is answered ${answer.status} ${answer.text.slice(0, 200)}`;
          },
        }));
    });
    expect(await faultsOf('mass assignment', all)).toEqual([]);
    expect(all.length).toBeGreaterThan(150);
  }, 120_000);

  it('a body reaches no prototype', async () => {
    const admins = askers.filter(({ name }) => ['technician', 'admin', 'operator', 'agent'].includes(name));
    const all = covered().flatMap(({ operation, sample }) => {
      const body = sample.body?.(home.things);
      const asker = admins.find((each) => doorOf(each, sample, operation.keyScope) === 'open');
      if (body === undefined || !asker) return [];
      return [
        '"__proto__":{"role":"admin"}',
        '"constructor":{"prototype":{"role":"admin"}}',
        '"deep":{"__proto__":{"x":1}}',
        '"a":[{"prototype":1}]',
        '"\\u005f_proto__":{"x":1}',
      ].map((member): Cell => ({
        name: `${operation.name} with ${member}`,
        check: async () => {
          const raw = `{${member}${Object.keys(body).length > 0 ? ',' : ''}${JSON.stringify(body).slice(1)}`;
          const { status, text } = await api.call(pathOf(operation, sample, home.things), {
            method: operation.method,
            ...(asker.token !== undefined && { token: asker.token }),
            raw,
          });
          return status === 400 ? undefined : `is answered ${status} ${text.slice(0, 200)}`;
        },
      }));
    });
    expect(await faultsOf('prototypes', all)).toEqual([]);
    expect(({} as Record<string, unknown>).role).toBeUndefined();
  }, 120_000);

  it('methods that the document does not have on a path are 405 with what it allows, and never done', async () => {
    const paths = [...new Set(covered().map(({ operation }) => operation.path))];
    const all = paths.flatMap((path) => {
      const each = covered().filter(({ operation }) => operation.path === path);
      const [{ operation, sample }] = each as [(typeof each)[0]];
      const concrete = pathOf(operation, sample, home.things);
      // Another template may match it too: /diagnostics/batch is also a diagnostic of that id.
      const known = operations.filter((one) => matches(one.path, concrete)).map(({ method }) => method);
      const others = METHODS.filter(
        (method) => !known.includes(method) && !(method === 'HEAD' && known.includes('GET')),
      );
      return others.flatMap((method) =>
        askers
          .filter(({ name }) => ['nobody', 'admin'].includes(name))
          .map((asker): Cell => ({
            name: `${method} ${operation.path} by ${asker.name}`,
            check: async () => {
              const { status, headers } = await api.call(concrete, {
                method,
                ...(asker.token !== undefined && { token: asker.token }),
              });
              if (status !== 405) return `is answered ${status}`;
              const allowed = headers.get('allow')?.split(', ') ?? [];
              return known.every((one) => allowed.includes(one)) && !allowed.includes(method)
                ? undefined
                : `allows ${allowed.join()}`;
            },
          })),
      );
    });
    expect(await faultsOf('methods', all)).toEqual([]);
    expect(all.length).toBeGreaterThan(400);
  }, 120_000);

  it('HEAD answers as GET does, without a body', async () => {
    const all = covered()
      .filter(({ operation, sample }) => operation.method === 'GET' && !sample.isStream)
      .flatMap(({ operation, sample }) =>
        askers
          .filter(({ name }) => ['nobody', 'viewer', 'admin', 'operator', 'agent'].includes(name))
          .map((asker): Cell => ({
            name: `HEAD ${operation.path} by ${asker.name}`,
            check: async () => {
              const head = { ...operation, method: 'HEAD' };
              const places = idsIn(sample, home.things).length > 0 ? [home.things, away.things] : [home.things];
              for (const place of places) {
                const [one, other] = [
                  await ask(head, sample, asker, { place }),
                  await ask(operation, sample, asker, { place }),
                ];
                if (one.status !== other.status || one.text !== '')
                  return `is answered ${one.status}, GET ${other.status}`;
                const fault = leakIn(one);
                if (fault !== undefined) return fault;
              }
              return undefined;
            },
          })),
      );
    expect(await faultsOf('HEAD', all)).toEqual([]);
  }, 120_000);

  it('no other spelling of a path is a way around the door', async () => {
    const all = covered()
      .filter(({ sample }) => sample.roles !== 'anyone')
      .flatMap(({ operation, sample }) => {
        const path = pathOf(operation, sample, home.things);
        const [, first = '', ...rest] = path.split('/');
        const spellings = [
          ...[
            `${path}/`,
            `/${path}`,
            path.replaceAll('/', '//'),
            path.replace('/api', '/API'),
            path.toUpperCase(),
            `${path}/.`,
            `${path};a=b`,
            `${path}%00`,
            `${path}%20`,
            `${path}.json`,
            `${path}#`,
          ],
          ...[
            `/%61pi/${rest.join('/')}`,
            `/${first}%2f${rest.join('%2f')}`,
            `/${first}/./${rest.join('/')}`,
            `/x/../${first}/${rest.join('/')}`,
            `/x/%2e%2e/${first}/${rest.join('/')}`,
            `/live/..${path}`,
            `/live%2f..${path}`,
          ],
          ...[path.replaceAll('/', '\\'), `http://localhost${path}`, `/.well-known/../${first}/${rest.join('/')}`],
        ];
        return turnOf(spellings, 8).map((spelling): Cell => ({
          name: `${operation.method} ${spelling}`,
          check: async () => {
            const status = await rawStatus(api.suite.base_url, operation.method, spelling);
            return [400, 401, 404, 405].includes(status) ? undefined : `is answered ${status}`;
          },
        }));
      });
    expect(await faultsOf('spellings', all)).toEqual([]);
  }, 120_000);

  it('cursors are of one tenant and one list', async () => {
    const lists = covered().filter(
      ({ operation }) => operation.queryParameters.includes('cursor') && !operation.path.includes('{'),
    );
    const cursors = new Map<string, string>();
    const token = (tenant: Inhabited, { operation }: (typeof lists)[0]) => ({
      token: operation.roles?.includes('admin') ? tenant.tokens.admin : operator,
    });
    for (const each of lists) {
      const answer = await api.call(`${each.operation.path}?limit=1`, token(home, each));
      if (answer.body?.page?.next_cursor) cursors.set(each.operation.path, answer.body.page.next_cursor);
    }
    expect(cursors.size).toBeGreaterThan(2);
    const all = [...cursors].flatMap(([from, cursor]) =>
      lists.flatMap((each) => {
        const cell = (tenant: Inhabited, whose: string): Cell => ({
          name: `the cursor of ${from} in ${each.operation.path} of ${whose} tenant`,
          check: async () => {
            const { status, text } = await api.call(`${each.operation.path}?cursor=${cursor}`, token(tenant, each));
            const expected = from === each.operation.path && tenant === home ? 200 : 422;
            return status === expected ? undefined : `is answered ${status} ${text.slice(0, 200)}`;
          },
        });
        return each.operation.roles?.includes('admin')
          ? [cell(home, 'its'), cell(away, 'another')]
          : [cell(home, 'its')];
      }),
    );
    expect(await faultsOf('cursors', all)).toEqual([]);
  }, 120_000);

  it('an idempotency key brings back no answer of another tenant, nor of another route', async () => {
    const key = { 'idempotency-key': `key-${home.mark}` };
    const creating = covered().filter(
      ({ operation, sample }) =>
        operation.method === 'POST' &&
        !operation.path.includes('{') &&
        sample.body &&
        sample.roles !== 'anyone' &&
        sample.roles.includes('admin'),
    );
    const all = creating.map(({ operation, sample }): Cell => ({
      name: `${operation.name} under one key in two tenants`,
      check: async () => {
        const post = (tenant: Inhabited) =>
          api.call(operation.path, { token: tenant.tokens.admin, json: sample.body?.(tenant.things), headers: key });
        const first = await post(home);
        const second = await post(away);
        if (second.headers.get('idempotency-replayed') !== null) return 'is replayed';
        if (second.status !== first.status && !sample.own?.includes(first.status))
          return `is answered ${first.status}, then ${second.status} ${second.text.slice(0, 200)}`;
        return [...kinds.map((kind) => home.things[kind]), home.mark, home.id].some((secret) =>
          second.text.includes(secret),
        )
          ? 'tells of the first tenant'
          : undefined;
      },
    }));
    expect(await faultsOf('idempotency keys', all)).toEqual([]);
    expect(all.length).toBeGreaterThan(5);
  }, 120_000);

  it('tenants that ask for the same at once each get their own, a thousand times', async () => {
    const readable = covered().filter(
      ({ operation, sample }) =>
        operation.method === 'GET' &&
        sample.roles !== 'anyone' &&
        sample.roles.includes('admin') &&
        !sample.isStream &&
        operation.path.startsWith('/api/v1/') &&
        !operation.path.includes('/audit') &&
        !operation.path.endsWith('/report'),
    );
    const tenants = [home, away] as const;
    const all = Array.from({ length: Math.ceil(1_000 / readable.length / 2) }).flatMap(() =>
      readable.flatMap(({ operation, sample }) =>
        tenants.flatMap((mine, index): Cell[] => {
          const theirs = tenants[1 - index]!;
          const asker: Asker = { name: 'admin', token: mine.tokens.admin, role: 'admin' };
          return [
            {
              name: `${operation.name} of its own, beside another tenant`,
              check: async () => {
                const answer = await ask(operation, sample, asker, { place: mine.things, query: mine.things });
                if (
                  answer.status !== 200 &&
                  !sample.own?.includes(answer.status) &&
                  !(sample.personal && answer.status === 404)
                )
                  return `is answered ${answer.status} ${answer.text.slice(0, 200)}`;
                return [...kinds.map((kind) => theirs.things[kind]), theirs.mark].some((secret) =>
                  answer.text.includes(secret),
                )
                  ? 'tells of the other'
                  : undefined;
              },
            },
          ];
        }),
      ),
    );
    expect(await faultsOf('side by side', all)).toEqual([]);
    expect(all.length).toBeGreaterThanOrEqual(1_000);
  }, 120_000);
});

interface AskOptions {
  /** Whose things the path names. */
  readonly place?: Things;
  /** Whose things the query names. */
  readonly query?: Things;
  readonly body?: object | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A token of an operator that no other test knows of. */
async function ownOperator(): Promise<string> {
  const email = `${randomUUID()}@operators.example`;
  const known = api.user('operator');
  await rows(
    `insert into users (id, tenant_id, email, name, role, password_hash)
     select gen_random_uuid(), tenant_id, $1, 'Operator', role, password_hash from users where email = $2`,
    [email, known.email],
  );
  const answer = await api.call('/api/v1/auth/login', { json: { email, password: known.password } });
  return answer.body.access_token;
}

/** A machine that has too much to do may refuse: that is nobody's right and nobody's wrong. */
async function untilServed(once: () => Promise<Answer>): Promise<Answer> {
  let answer = await once();
  if (answer.status === 503)
    await waitFor(async () => (answer = await once()).status !== 503, { timeoutMs: 20_000, everyMs: 100 });
  return answer;
}

/** The beginning of an answer that has no end. */
async function openingOf(path: string, { token }: Call): Promise<Answer> {
  const cut = new AbortController();
  const response = await fetch(`${api.suite.base_url}${path}`, {
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    signal: cut.signal,
  });
  const { status, headers } = response;
  if (status === 200) {
    cut.abort();
    return { status, headers, text: '', body: undefined };
  }
  const text = await response.text();
  return { status, headers, text, body: JSON.parse(text) };
}

function shutFault({ status, headers, text }: Answer, door: 401 | 403 | 'open'): string | undefined {
  if (status !== door) return `is answered ${status} instead of ${door} ${text.slice(0, 200)}`;
  if (status === 401 && headers.get('www-authenticate') !== 'Bearer error="invalid_token"')
    return 'does not say how to come in';
  return undefined;
}

/** As a whole, or item by item. */
function isRefused({ status, body }: Answer): boolean {
  if (status === 404 || status === 422) return true;
  const results: { status: number }[] | undefined = body?.results;
  return status === 200 && results !== undefined && results.every((result) => [404, 422].includes(result.status));
}

/** What tells an answer about another tenant's thing from one about nobody's. */
function differenceOf(one: Answer, other: Answer): string | undefined {
  const plain = ({ status, text }: Answer) =>
    `${status} ${text
      .replace(/"(request_id|instance|id)":"[^"]*"/g, '')
      .replace(/\b[a-z]{3}_[0-9a-f]{32}\b|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'ID')
      .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')}`;
  return plain(one) === plain(other) ? undefined : `is told from unknown: ${plain(one)} / ${plain(other)}`;
}

function matches(template: string, path: string): boolean {
  return new RegExp(`^${template.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`).test(path);
}

/** Status of a request for exactly that target, as no client would write it. */
function rawStatus(base: string, method: string, target: string): Promise<number> {
  const { hostname, port } = new URL(base);
  return new Promise((resolve, reject) => {
    const request = httpRequest({ hostname, port, method, path: target, agent: false }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    });
    request.on('error', reject);
    request.end();
  });
}

/** All rows of a tenant, each table as one hash; without what moves by itself. */
async function rowsOf(tenantId: string): Promise<Record<string, string>> {
  const tables = await rows<{ name: string }>(
    `select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
       and c.relname <> all($1) order by 1`,
    [MOVING],
  );
  const hashes = await rows<{ name: string; hash: string }>(
    tables
      .map(
        ({ name }) =>
          `select '${name}' as name, count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' order by t::text)), '') as hash from ${name} t where tenant_id = '${tenantId}'`,
      )
      .join(' union all '),
  );
  return Object.fromEntries(hashes.map(({ name, hash }) => [name, hash]));
}
