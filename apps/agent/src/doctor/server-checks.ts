import { isFailure, messageOf } from '../failure.js';
import type { Access } from '../upload/access.js';
import type { ApiClient } from '../upload/api-client.js';
import { isExposed } from '../upload/server-url.js';
import type { Check } from './check.js';

/** Zabbix {$SYSTEM.FUZZYTIME.MAX}: a clock that is further off makes tokens fail and reports lie. */
const MAX_SKEW_MS = 60_000;
/** The Date header counts whole seconds. */
const DATE_GRAIN_MS = 1_000;

const CERTIFICATE = /certificate|self.signed|unable to verify|ERR_TLS/i;

function unreachable(error: unknown): Check {
  const detail = messageOf(error);
  const hint = CERTIFICATE.test(detail)
    ? 'the certificate is not trusted: put that of its issuer into a file and name it in NODE_EXTRA_CA_CERTS'
    : 'is the address right, is the network up, and does a firewall let it through? Proxies are not used';
  return { area: 'server', name: 'reachable', status: 'attention', detail, hint };
}

/** By how much this machine's clock is ahead of the server's; null when the server does not say. */
function skewOf(date: string | undefined, sentAt: number, answeredAt: number): number | null {
  const servers = Date.parse(date ?? '');
  return Number.isNaN(servers) ? null : (sentAt + answeredAt) / 2 - (servers + DATE_GRAIN_MS / 2);
}

function clockCheck(skewMs: number | null): Check {
  const base = { area: 'server', name: 'clock' } as const;
  if (skewMs === null) return { ...base, status: 'info', detail: 'the server does not tell the time' };
  const seconds = Math.round(Math.abs(skewMs) / 1_000);
  const detail = `${seconds} s ${skewMs < 0 ? 'behind' : 'ahead of'} the server’s`;
  if (Math.abs(skewMs) <= MAX_SKEW_MS) return { ...base, status: 'ok', detail };
  return { ...base, status: 'attention', detail, hint: 'turn on time synchronisation' };
}

async function checkReachable(client: ApiClient, now: () => number): Promise<Check[]> {
  const sentAt = now();
  try {
    const answer = await client.send({ method: 'GET', path: '/api/v1/health', once: true });
    const answeredAt = now();
    const fine = answer.status === 200;
    const detail = `${client.server.href} answered ${answer.status} in ${answeredAt - sentAt} ms`;
    return [
      fine
        ? { area: 'server', name: 'reachable', status: 'ok', detail }
        : {
            area: 'server',
            name: 'reachable',
            status: 'attention',
            detail,
            hint: 'is this the address of the service?',
          },
      clockCheck(skewOf(answer.headers.date, sentAt, answeredAt)),
    ];
  } catch (error) {
    if (!isFailure(error)) throw error;
    return [unreachable(error)];
  }
}

async function checkCredential(access: Access): Promise<Check> {
  const base = { area: 'server', name: 'credential' } as const;
  try {
    await access.api.verify(await access.logIn());
    return { ...base, status: 'ok', detail: `works as ${access.sender}` };
  } catch (error) {
    if (!isFailure(error)) throw error;
    const hint = error.hints.at(-1);
    return { ...base, status: 'attention', detail: error.message, ...(hint && { hint }) };
  }
}

/** Whether the server can be reached, tells the same time, and takes the credential. */
export async function checkServer(access: Access, now: () => number): Promise<Check[]> {
  const exposed: Check[] = isExposed(access.server)
    ? [
        {
          area: 'server',
          name: 'encryption',
          status: 'attention',
          detail: 'is off: credentials show',
          hint: 'use https',
        },
      ]
    : [];
  const reachable = await checkReachable(access.api.client, now);
  const answers = reachable.some(({ name }) => name === 'clock');
  return [...exposed, ...reachable, ...(answers ? [await checkCredential(access)] : [])];
}
