import { createHash, randomUUID } from 'node:crypto';
import { Api, type Answer } from './support/api.js';
import { diagnosticBody, disk, fileSystem } from './support/diagnostics.js';
import { count, rows } from './support/rows.js';

const api = new Api();
const PATH = '/api/v1/diagnostics';
const UNKNOWN = `dgn_${'0'.repeat(31)}1`;
let technician: string;
let viewer: string;

beforeAll(async () => {
  [technician, viewer] = await Promise.all([api.tokenOf('technician'), api.tokenOf('viewer')]);
});

const created = async (changes?: Record<string, unknown>): Promise<Answer['body']> => {
  const answer = await api.call(PATH, { token: technician, json: diagnosticBody(changes) });
  if (answer.status !== 201) throw new Error(answer.text);
  return answer.body;
};
const report = (id: string, query = '', headers: Record<string, string> = {}, token = technician) =>
  api.call(`${PATH}/${id}/report${query}`, { token, headers });
const failing = { storage: { status: 'ok', data: { fsSize: [fileSystem(95)], diskLayout: [disk(5)] } } };
const healthy = { storage: { status: 'ok', data: { fsSize: [fileSystem(40)], diskLayout: [disk(0)] } } };

/** What two answers may differ in: the id that was asked for, the request's own id, the clock. */
function comparable({ status, headers, text }: Answer, id: string) {
  const kept = [...headers].filter(([name]) => !['date', 'x-request-id', 'ratelimit'].includes(name));
  return {
    status,
    headers: kept,
    text: text.replaceAll(id, 'ID').replaceAll(headers.get('x-request-id') ?? '', 'REQUEST'),
  };
}

describe('GET /api/v1/diagnostics/{id}/report', () => {
  it('200 is a page of HTML in Portuguese that may load nothing and is kept by nobody', async () => {
    const hostname = `balcão-${randomUUID()}`;
    const { id } = await created({ device: { hostname }, sections: failing });
    const answer = await report(id);
    expect(answer.status).toBe(200);
    const style = /<style>([\s\S]*?)<\/style>/.exec(answer.text)?.[1] ?? '';
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-language': 'pt-BR',
      'content-disposition': `inline; filename="diagnostico-${hostname.replace('ã', 'a').slice(0, 40)}-2026-11-22.html"`,
      'content-security-policy': `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      vary: 'Origin, Accept, Accept-Language',
    });
    expect(answer.text).toMatch(/^<!doctype html>\n<html lang="pt-BR">/);
    expect(answer.text).toContain(hostname);
    expect(answer.text).toContain(id);
    expect(answer.text).toContain('Faça backup agora e substitua o disco.');
  });

  it('200 is a PDF for whoever asks for one', async () => {
    const { id } = await created();
    const response = await fetch(`${api.suite.base_url}${PATH}/${id}/report?lang=en`, {
      headers: { authorization: `Bearer ${viewer}`, accept: 'application/pdf' },
    });
    const file = Buffer.from(await response.arrayBuffer());
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/pdf');
    expect(response.headers.get('content-language')).toBe('en');
    expect(response.headers.get('content-disposition')).toMatch(
      /^inline; filename="diagnostic-[a-z0-9-]+-2026-11-22\.pdf"$/,
    );
    expect(response.headers.get('content-length')).toBe(String(file.length));
    expect(file.subarray(0, 8).toString()).toBe('%PDF-1.7');
    expect(file.subarray(-6).toString()).toContain('%%EOF');
  });

  it('200 speaks the language of `lang`, else of Accept-Language', async () => {
    const { id } = await created();
    const languages = await Promise.all([
      report(id, '?lang=en', { 'accept-language': 'pt-BR' }),
      report(id, '?lang=pt-BR', { 'accept-language': 'en' }),
      report(id, '', { 'accept-language': 'en-GB, pt;q=0.5' }),
      report(id, '', { 'accept-language': 'ja' }),
    ]);
    expect(languages.map(({ headers }) => headers.get('content-language'))).toEqual(['en', 'pt-BR', 'en', 'pt-BR']);
    expect(languages[0]?.text).toContain('Diagnostic report');
    expect(languages[1]?.text).toContain('Relatório de diagnóstico');
  });

  it('200 with `against` shows before and after, and what is resolved', async () => {
    const device = { serial: `SN-${randomUUID()}` };
    const before = await created({ device, collected_at: '2026-11-20T08:00:00Z', sections: failing });
    const after = await created({ device, collected_at: '2026-11-22T08:00:00Z', sections: healthy });
    const { status, text } = await report(after.id, `?lang=en&against=${before.id}`);
    expect(status).toBe(200);
    expect(text).toMatch(/Before · Nov 20, 2026[\s\S]*After · Nov 22, 2026/);
    expect(text).toMatch(/Resolved[\s\S]*WX12A34[\s\S]*now 0 sectors/);
    expect(text).toMatch(/Score of the last diagnostics/);
    expect(text).toContain(before.id);
  });

  it('200 knows a disk that was replaced: what it had is gone with it', async () => {
    const device = { serial: `SN-${randomUUID()}` };
    const before = await created({ device, collected_at: '2026-11-20T08:00:00Z', sections: failing });
    const other = { ...disk(0), serialNum: 'NEW-0001' };
    const sections = { storage: { status: 'ok', data: { fsSize: [fileSystem(40)], diskLayout: [other] } } };
    const after = await created({ device, sections });
    const { text } = await report(after.id, `?lang=en&against=${before.id}`);
    expect(text).toMatch(/No longer there: the part was replaced or removed[\s\S]*WX12A34/);
  });

  it('200 tells customer, site and the time that it was there', async () => {
    const { id, device_id } = await created({ collected_at: '2026-11-22T08:00:00Z' });
    const [device] = await rows<{ tenant_id: string }>('select tenant_id from devices where id = $1', [device_id]);
    const [customer, site] = [randomUUID(), randomUUID()].map((each) => each.replaceAll('-', ''));
    await rows(`insert into customers (tenant_id, id, name) values ($1, $2, 'Padaria <São João>')`, [
      device?.tenant_id,
      `cus_${customer}`,
    ]);
    await rows(
      `insert into sites (tenant_id, id, customer_id, name, timezone) values ($1, $2, $3, 'Loja Centro', 'America/Manaus')`,
      [device?.tenant_id, `sit_${site}`, `cus_${customer}`],
    );
    await rows('update devices set site_id = $2 where id = $1', [device_id, `sit_${site}`]);
    const { text } = await report(id);
    expect(text).toContain('Padaria &lt;São João&gt;');
    expect(text).toContain('Loja Centro');
    expect(text).toMatch(/22 de nov\. de 2026, 04:00 \S+/);
  });

  it('200 whatever the machine calls itself and its parts, in both forms', async () => {
    const hostile = '</style><script>alert(1)</script>\u202e';
    const mount = `/mnt/\u0000${hostile}\ud800`;
    const { id } = await created({
      device: { hostname: `${hostile}${randomUUID()}`, manufacturer: hostile, model: '研发部 💻' },
      notes: hostile,
      sections: {
        storage: {
          status: 'ok',
          data: { fsSize: [{ ...fileSystem(99), mount }], diskLayout: [{ ...disk(5), serialNum: hostile }] },
        },
        battery: { status: 'ok', data: { hasBattery: true, designedCapacity: 50, maxCapacity: 30 } },
      },
    });
    const page = await report(id);
    expect(page.status).toBe(200);
    for (const trick of ['<script', '\u202e', '\u0000']) expect(page.text).not.toContain(trick);
    expect(page.text).toContain('&lt;/style&gt;&lt;script&gt;');
    expect(page.headers.get('content-disposition')).toMatch(/^inline; filename="[\x20-\x7e]+"$/);
    expect((await report(id, '', { accept: 'application/pdf' })).status).toBe(200);
  });

  it('200 also where nothing could be scored, and says that nothing was measured', async () => {
    const { id } = await created({ sections: { storage: { status: 'denied' }, battery: { status: 'timeout' } } });
    const { status, text } = await report(id, '?lang=en');
    expect(status).toBe(200);
    expect(text).toContain('Nothing could be measured, so there is no score.');
    expect(text).toContain('storage (access denied)');
  });

  it('is on record before it is answered', async () => {
    const { id } = await created();
    const answer = await report(id, '', { accept: 'application/pdf' });
    const [audit] = await rows<object>(`select * from audit_events where resource_id = $1 and event_type = 'EXPORT'`, [
      id,
    ]);
    expect(audit).toMatchObject({
      success: true,
      request_id: answer.headers.get('x-request-id'),
      details: { format: 'application/pdf', language: 'pt-BR' },
    });
  });

  it('401 without a token, 403 for a role that reads no diagnostics', async () => {
    const { id } = await created();
    expect((await api.call(`${PATH}/${id}/report`)).status).toBe(401);
    expect((await report(id, '', {}, await api.tokenOf('operator'))).body).toMatchObject({
      status: 403,
      code: 'forbidden',
    });
  });

  it('404 for another tenant’s id, byte for byte as for one that nobody has; and for one that is none', async () => {
    const { id } = await created();
    const stranger = await api.tokenOf('admin', 1);
    const unknown = comparable(await report(UNKNOWN, '', {}, stranger), UNKNOWN);
    expect(unknown).toMatchObject({ status: 404, text: expect.stringContaining('diagnostic-not-found') });
    expect(comparable(await report(id, '', {}, stranger), id)).toEqual(unknown);
    expect((await report('nonsense', '', {}, stranger)).body).toMatchObject({
      status: 404,
      code: 'diagnostic-not-found',
    });
    expect(await count(`select 1 from audit_events where resource_id = $1 and event_type = 'EXPORT'`, [id])).toBe(0);
  });

  it('404 when the other diagnostic is one that nobody has, none, or another tenant’s', async () => {
    const { id } = await created();
    const foreign = await api.call(PATH, { token: await api.tokenOf('technician', 1), json: diagnosticBody() });
    const answers = await Promise.all(
      [UNKNOWN, foreign.body.id, 'nonsense', ''].map((each) => report(id, `?against=${each}`)),
    );
    for (const answer of answers) {
      expect(answer.body).toMatchObject({ status: 404, code: 'diagnostic-not-found' });
      expect(comparable(answer, id)).toEqual(comparable(answers[0] ?? answer, id));
    }
  });

  it.each(['application/json', 'image/*', 'text/html;q=0', 'nonsense'])('406 for %s', async (accept) => {
    const { id } = await created();
    expect((await report(id, '', { accept })).body).toMatchObject({ status: 406, code: 'not-acceptable' });
  });

  it.each([
    ['?lang=de', '/lang'],
    ['?lang=', '/lang'],
    ['?lang=en&lang=pt-BR', '/lang'],
    ['?colour=red', '/colour'],
    ['?against=a&against=b', '/against'],
  ])('422 for %s', async (query, pointer) => {
    const { id } = await created();
    expect((await report(id, query)).body).toMatchObject({ status: 422, errors: [{ pointer }] });
  });

  it('422 against a diagnostic of another device, and against itself', async () => {
    const [one, other] = [await created(), await created()];
    for (const against of [other.id, one.id]) {
      expect((await report(one.id, `?against=${against}`)).body).toMatchObject({
        status: 422,
        errors: [{ pointer: '/against' }],
      });
    }
  });

  it('503 when it cannot be audited', async () => {
    const { id } = await created();
    await rows('revoke insert on audit_events from svc_diagnostics');
    try {
      expect((await report(id)).body).toMatchObject({ status: 503, code: 'service-unavailable' });
    } finally {
      await rows('grant insert on audit_events to svc_diagnostics');
    }
    expect((await report(id)).status).toBe(200);
  });
});
