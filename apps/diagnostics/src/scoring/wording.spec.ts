import { assess } from './assessment.js';
import type { Reading } from './readings/reading.js';
import { titlesOf } from './wording.js';

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
] satisfies [Reading, string, string][])('%j is told as “%s”', (reading, en, pt) => {
  const [assessment] = assess([reading]);
  expect(assessment && titlesOf(assessment)).toEqual({ en, 'pt-BR': pt });
});
