import fc from 'fast-check';
import { CreateDiagnostic } from '@techze/contracts';
import { anyText } from '../../test/any-text.js';
import { bareMachine } from '../../test/machines/bare-machine.js';
import { linuxLaptop, macBook, windowsPc } from '../../test/machines/laptops.js';
import type { SystemProbe } from '../machine/system-probe.js';
import { collectDiagnostic } from './collect-diagnostic.js';
import { fitBody } from './fit-body.js';

const always =
  <T>(value: T) =>
  () =>
    Promise.resolve(value);
const full = { type: 'full', partLimitMs: 1_000 } as const;

describe('collectDiagnostic', () => {
  it.each([
    ['a Linux laptop', linuxLaptop()],
    ['a Windows PC', windowsPc()],
    ['a MacBook', macBook()],
    ['a container', bareMachine()],
  ])('makes a body that the contract takes, of %s', async (_, machine) => {
    const body = await collectDiagnostic(machine, full);
    expect(CreateDiagnostic.parse(JSON.parse(JSON.stringify(body)))).toEqual(body);
    expect(Object.keys(body.sections)).toHaveLength(13);
    expect(body).toMatchObject({ type: 'full', schema_version: 1, agent: { version: expect.any(String) } });
    expect(body.agent).not.toHaveProperty('id');
  });

  it('reads only the sections of its type, and carries notes and tags', async () => {
    const body = await collectDiagnostic(linuxLaptop(), { ...full, type: 'storage', notes: 'n', tags: ['counter'] });
    expect(Object.keys(body.sections)).toEqual(['storage']);
    expect(body).toMatchObject({ type: 'storage', notes: 'n', tags: ['counter'] });
  });

  it('names the machine', async () => {
    const { device } = await collectDiagnostic(linuxLaptop(), full);
    expect(device).toEqual({
      hostname: 'balcao-03',
      serial: 'PF3ABCDE',
      uuid: '4C4C4544-0051-3510-8052-B4C04F4B4E32',
      manufacturer: 'LENOVO',
      model: '20XW00AAUS',
      macs: ['02:fc:00:00:00:01'],
    });
  });

  it('leaves the placeholders of the firmware out', async () => {
    const { device } = await collectDiagnostic(windowsPc(), full);
    expect(device).toEqual({ hostname: 'CAIXA-01', macs: ['d8:bb:c1:00:11:22'] });
  });

  it('fits the contract whatever the firmware calls itself', async () => {
    await fc.assert(
      fc.asyncProperty(anyText(), anyText(), fc.double(), async (text, hostname, number) => {
        const system = {
          manufacturer: text,
          model: text,
          version: text,
          serial: text,
          uuid: text,
          sku: text,
          virtual: false,
        };
        const machine = bareMachine({
          system: always(system),
          hostname: () => hostname,
          networkGatewayDefault: always(text),
          uptimeSeconds: () => number,
        });
        const body = await collectDiagnostic(machine, { ...full, type: 'hardware' });
        expect(CreateDiagnostic.safeParse(body).success).toBe(true);
      }),
      { numRuns: 25 },
    );
  });

  it('fails with exit code 3 and the reasons when nothing can be read', async () => {
    const broken = { fsSize: 'df broke', diskLayout: 'lsblk broke', disksIO: 'no counters' };
    const facts = Object.fromEntries(
      Object.entries(broken).map(([name, reason]) => [name, () => Promise.reject(new Error(reason))]),
    ) as Partial<SystemProbe>;
    await expect(collectDiagnostic(bareMachine(facts), { ...full, type: 'storage' })).rejects.toMatchObject({
      exitCode: 3,
      message: 'No section of this machine could be read.',
      hints: [expect.stringContaining('df broke')],
    });
  });
});

describe('fitBody', () => {
  it('leaves the least telling sections out, and says so, until the body fits', async () => {
    const body = await collectDiagnostic(linuxLaptop(), full);
    const bulky = { status: 'ok', data: { list: Array(1_000).fill('x'.repeat(1_000)) } } as const;
    const fitted = fitBody({ ...body, sections: { ...body.sections, processes: bulky, services: bulky } });
    expect(JSON.stringify(fitted).length).toBeLessThanOrEqual(1024 * 1024);
    expect(fitted.sections.processes).toMatchObject({ status: 'error', error: expect.stringContaining('left out') });
    expect(fitted.sections.storage).toEqual(body.sections.storage);
  });

  it('touches nothing that fits', async () => {
    const body = await collectDiagnostic(bareMachine(), full);
    expect(fitBody(body)).toBe(body);
  });
});
