import { fileName } from '../../src/reports/file-name.js';
import { buildView } from '../../src/reports/view/build-view.js';
import { machines } from '../scoring/corpus/machines.js';
import { attacks } from './attacks.js';
import { counterPc, factsOf } from './facts.js';

const nameOf = (name: string, timezone = 'UTC') =>
  fileName(
    buildView({ ...factsOf(machines.healthyDesktop), machine: { ...counterPc, name, timezone } }),
    'pt-BR',
    'application/pdf',
  );

describe('the name of the file', () => {
  it('tells machine and day, without accents', () => {
    expect(nameOf('Balcão Nº 3 (São João)')).toBe('diagnostico-balcao-no-3-sao-joao-2026-11-22.pdf');
  });

  it('is of the day that it was at the site', () => {
    expect(nameOf('pc', 'Pacific/Kiritimati')).toBe('diagnostico-pc-2026-11-22.pdf');
    expect(nameOf('pc', 'Pacific/Pago_Pago')).toBe('diagnostico-pc-2026-11-21.pdf');
  });

  it('is by the diagnostic where the machine has no Latin name', () => {
    expect(nameOf('研发部')).toBe('diagnostico-dgn_00000000000000000000000000000001-2026-11-22.pdf');
  });

  it.each(Object.entries(attacks))('is plain and short: %s', (_name, text) => {
    expect(nameOf(text)).toMatch(/^diagnostico-[a-z0-9_-]{1,40}-\d{4}-\d\d-\d\d\.pdf$/);
  });
});
