import { assess } from './assessment.js';
import type { Reading } from './readings/reading.js';
import { machines } from '../../test/scoring/corpus/machines.js';
import { caps } from './caps.js';
import { checks } from './checks/checks.js';
import { scoreDiagnostic } from './score-diagnostic.js';
import { fixesOf, titlesOf } from './wording.js';

it.each([
  [{ code: 'FS_USED', instance: 'C:', value: 97.456 }, 'C: is 97.5 % full', 'C: está 97,5 % cheio'],
  [
    { code: 'SMART_197', instance: 'S1', value: 5 },
    'Disk S1 has 5 sectors it cannot read',
    'O disco S1 tem 5 setores que não consegue ler',
  ],
  [
    { code: 'SMART_STATUS', instance: 'S1', value: 'failing' },
    'Disk S1 reports SMART failing',
    'O disco S1 informa SMART falhando',
  ],
  [{ code: 'FS_USED', instance: '{value}', value: 99 }, '{value} is 99 % full', '{value} está 99 % cheio'],
  [
    { code: 'SMART_197', instance: 'S1', value: 1 },
    'Disk S1 has 1 sector it cannot read',
    'O disco S1 tem 1 setor que não consegue ler',
  ],
  [{ code: 'UPTIME', value: 40 * 86_400 }, 'Not restarted for 40 d', 'Sem reiniciar há 40 d'],
  [{ code: 'CLOCK_SKEW', value: 90 }, 'The clock is off by 90 s', 'O relógio está errado em 90 s'],
  [{ code: 'CLOCK_SKEW', value: 9000 }, 'The clock is off by 2.5 h', 'O relógio está errado em 2,5 h'],
  [
    { code: 'OS_SUPPORT', value: -404, detail: 'Microsoft Windows 10 Pro 22H2, 2025-10-14' },
    'Security updates end: Microsoft Windows 10 Pro 22H2, 2025-10-14',
    'Fim das atualizações de segurança: Microsoft Windows 10 Pro 22H2, 2025-10-14',
  ],
] satisfies [Reading, string, string][])('%j is told as “%s”', (reading, en, pt) => {
  const [assessment] = assess([reading]);
  expect(assessment && titlesOf(assessment)).toEqual({ en, 'pt-BR': pt });
});

const evidence = { metric: 'm', value: 1, unit: '%', threshold: 1, source: 's' };

it('words every check and every cap, and is at no loss for a code that exists no more', () => {
  for (const code of [...Object.keys(checks), ...caps.map((cap) => cap.code)]) {
    expect(fixesOf(code)).toMatchObject({ en: expect.stringMatching(/./), 'pt-BR': expect.stringMatching(/./) });
    expect(titlesOf({ code, evidence }).en).not.toMatch(/[{}]/);
    expect(titlesOf({ code, evidence })['pt-BR']).not.toMatch(/[{}]/);
  }
  for (const code of ['SMART_999', 'constructor', '__proto__']) {
    expect(fixesOf(code)).toBeUndefined();
    expect(titlesOf({ code, evidence })).toEqual({ en: code, 'pt-BR': code });
  }
});

it('says the same of a finding and of what is stored of it', () => {
  for (const finding of scoreDiagnostic(machines.crashingWindows, new Date('2026-11-22')).findings) {
    expect(titlesOf(JSON.parse(JSON.stringify(finding)) as typeof finding).en).toBe(finding.title);
  }
});
