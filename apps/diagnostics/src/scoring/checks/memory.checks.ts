import { COUNT, PERCENT, levels, type Check } from './check.js';

/** Memory and its errors. */
export const memoryChecks = {
  MEMORY_USED: {
    category: 'memory',
    metric: 'memory.used_ratio',
    unit: '%',
    measured: true,
    rule: levels('above', PERCENT, { leave: 80, warning: 90, critical_leave: 90, critical: 98, fail: 100 }),
    source: 'Netdata ram.conf: used > 90 %, > 98 %, which is the same as available < 10 %, < 2 %',
    title: { en: '{value} % of the memory is in use', 'pt-BR': '{value} % da memória está em uso' },
    fix: {
      en: 'Close or remove what uses most memory, or add memory.',
      'pt-BR': 'Feche ou remova o que mais usa memória, ou adicione memória.',
    },
  },
  SWAP_USED: {
    category: 'memory',
    metric: 'swap.used_ratio',
    unit: '%',
    measured: true,
    rule: levels('above', PERCENT, { leave: 80, warning: 90, critical_leave: 90, critical: 98, fail: 100 }),
    source: 'Netdata swap.conf: > 90 %, > 98 %',
    title: { en: '{value} % of the swap space is in use', 'pt-BR': '{value} % do espaço de troca está em uso' },
    fix: {
      en: 'The machine is short of memory: close what uses most, or add memory.',
      'pt-BR': 'Falta memória: feche o que mais usa, ou adicione memória.',
    },
  },
  ECC_CORRECTABLE: {
    category: 'memory',
    metric: 'memory.ecc_correctable',
    unit: 'errors',
    rule: levels('above', COUNT, { leave: 0, warning: 1, fail: 10_000 }),
    source: 'Netdata memory.conf: > 0',
    title: { en: 'The memory corrected {value} {error|errors}', 'pt-BR': 'A memória corrigiu {value} {erro|erros}' },
    fix: {
      en: 'Reseat the memory modules and test them; replace the one that keeps counting.',
      'pt-BR': 'Reencaixe e teste os módulos de memória; substitua o que continuar contando erros.',
    },
  },
  ECC_UNCORRECTABLE: {
    category: 'memory',
    metric: 'memory.ecc_uncorrectable',
    unit: 'errors',
    rule: levels('above', COUNT, { leave: 0, critical: 1, fail: 10 }),
    hardware_failing: true,
    source: 'Netdata memory.conf: > 0',
    title: {
      en: 'The memory had {value} {error|errors} it could not correct',
      'pt-BR': 'A memória teve {value} {erro|erros} que não pôde corrigir',
    },
    fix: {
      en: 'Replace the faulty memory module now: data is being damaged.',
      'pt-BR': 'Substitua já o módulo de memória defeituoso: dados estão sendo danificados.',
    },
  },
} satisfies Record<string, Check>;
