import { caps } from '../../src/scoring/caps.js';
import { scoreDiagnostic } from '../../src/scoring/index.js';
import { machines, type MachineName } from './corpus/machines.js';
import { readVerdictTable } from './corpus/verdict-table.js';

const NOW = new Date('2026-11-22T12:00:00Z');
const verdicts = readVerdictTable();
const judge = (machine: string) => scoreDiagnostic(machines[machine as MachineName], NOW);

describe('the corpus', () => {
  it('has a verdict for every machine, and each only once', () => {
    expect(verdicts.map(({ machine }) => machine).sort()).toEqual(Object.keys(machines).sort());
  });

  it.each(verdicts)('$machine scores $score, $band', (expected) => {
    const { score, band, coverage, findings, deductions } = judge(expected.machine);
    const capped = deductions.find(({ code }) => caps.some((cap) => cap.code === code));
    expect({
      machine: expected.machine,
      score,
      band,
      coverage,
      findings: findings.map(({ severity, key }) => `${severity} ${key}`).sort(),
      cap: capped?.code ?? null,
    }).toEqual(expected);
  });

  it('says what it could not use, section by section', () => {
    expect(judge('fullOfNonsense').section_notes).toEqual([
      {
        section: 'cpu',
        note: 'Not used: currentLoad: 400 is not a number from 0 to 100; temperature.main: “NaN” is not a number from 0 to 150; temperature.max: 61000 is not a number from 0 to 150.',
      },
      { section: 'memory', note: 'Not used: total: -16000000000 is not a number from 1 to 10000000000000000.' },
    ]);
  });

  it('has nothing to complain about in any other machine', () => {
    const others = Object.keys(machines).filter((machine) => machine !== 'fullOfNonsense');
    expect(others.flatMap((machine) => judge(machine).section_notes)).toEqual([]);
  });

  it('says why a category has no score', () => {
    const reasons = (machine: MachineName) =>
      Object.fromEntries(judge(machine).categories.flatMap(({ name, reason }) => (reason ? [[name, reason]] : [])));
    expect(reasons('virtualMachine')).toEqual({ battery: 'no battery', cpu_thermal: 'thermal: unavailable' });
    expect(reasons('healthyDesktop')).toEqual({ battery: 'no battery' });
    expect(reasons('unreadableBatteryLaptop')).toEqual({ battery: 'battery: no usable value' });
    expect(reasons('fullOfNonsense')).toMatchObject({ memory: 'memory: no usable value' });
    expect(reasons('macBook')).toMatchObject({ stability: 'stability: unavailable' });
    expect(reasons('onlyMemory')).toMatchObject({ storage: 'not collected' });
  });
});
