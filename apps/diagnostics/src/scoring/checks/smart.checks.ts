import type { Check } from './check.js';
import { byFailureRate } from './failure-rates.js';

const SOURCE = 'Backblaze drive statistics as bucketed by Scrutiny (annual failure rate of disks with as much)';

/** Attributes that foretell failure: 10 % of such disks failing within a year is critical. [P] 5 % is a warning. */
const FORETELLING = { leave: 0.025, warning: 0.05, critical_leave: 0.05, critical: 0.1, fail: 1 };
/** Attributes that often have another cause, such as a cable: warning at 10 %, critical at 20 %. */
const INDIRECT = { leave: 0.05, warning: 0.1, critical_leave: 0.1, critical: 0.2, fail: 1 };

const replaceDisk = {
  en: 'Back up now and replace the disk.',
  'pt-BR': 'Faça backup agora e substitua o disco.',
};

export const smartChecks = {
  SMART_STATUS: {
    category: 'storage',
    metric: 'smart.status',
    unit: 'status',
    part: 'disk',
    rule: { kind: 'states', good: 'passed', penalties: { passed: 0, degraded: 55, failing: 100 } },
    hardware_failing: true,
    source: 'The disk’s own overall SMART assessment',
    title: { en: 'Disk {instance} reports SMART {value}', 'pt-BR': 'O disco {instance} informa SMART {value}' },
    fix: replaceDisk,
  },
  SMART_WHEN_FAILED: {
    category: 'storage',
    metric: 'smart.when_failed',
    unit: 'status',
    part: 'disk',
    rule: { kind: 'states', good: 'never', penalties: { never: 0, past: 55, now: 100 } },
    hardware_failing: true,
    source: 'smartmontools when_failed; Scrutiny: FAILING_NOW is critical, IN_THE_PAST a warning',
    title: {
      en: 'Disk {instance} has an attribute beyond the maker’s limit ({value})',
      'pt-BR': 'O disco {instance} tem um atributo além do limite do fabricante ({value})',
    },
    fix: {
      en: 'Back up. Failing now: replace the disk; in the past: find out what happened (often heat) and watch it.',
      'pt-BR':
        'Faça backup. Se falha agora: substitua o disco; se no passado: descubra a causa (em geral calor) e acompanhe.',
    },
  },
  SMARTCTL_VERDICT: {
    category: 'storage',
    metric: 'smart.exit_status',
    unit: 'status',
    part: 'disk',
    rule: {
      kind: 'states',
      good: 'clean',
      penalties: { clean: 0, errors_logged: 40, self_test_failed: 55, prefail_past: 55, prefail_now: 85, failing: 100 },
    },
    hardware_failing: true,
    source: 'smartmontools smartctl.h: exit bits 3 and 4 critical, 5, 6 and 7 warnings',
    title: { en: 'smartctl judges disk {instance}: {value}', 'pt-BR': 'O smartctl avalia o disco {instance}: {value}' },
    fix: {
      en: 'Back up, run an extended self-test, and replace the disk if it fails.',
      'pt-BR': 'Faça backup, execute o autoteste estendido e substitua o disco se ele falhar.',
    },
  },
  SMART_5: {
    category: 'storage',
    metric: 'smart.5',
    unit: 'sectors',
    part: 'disk',
    measured: true,
    rule: byFailureRate(
      FORETELLING,
      [4, 0.0274],
      [16, 0.075],
      [70, 0.2359],
      [260, 0.3619],
      [1100, 0.5677],
      [4500, 1.5028],
      [17000, 2.066],
    ),
    source: SOURCE,
    title: {
      en: 'Disk {instance} has {value} reallocated sectors',
      'pt-BR': 'O disco {instance} tem {value} setores realocados',
    },
    fix: replaceDisk,
  },
  SMART_10: {
    category: 'storage',
    metric: 'smart.10',
    unit: 'retries',
    part: 'disk',
    measured: true,
    rule: byFailureRate(FORETELLING, [80, 0.5556]),
    source: `${SOURCE}; few disks observed`,
    title: {
      en: 'Disk {instance} needed {value} spin-up retries',
      'pt-BR': 'O disco {instance} precisou de {value} novas tentativas de partida',
    },
    fix: replaceDisk,
  },
  SMART_187: {
    category: 'storage',
    metric: 'smart.187',
    unit: 'errors',
    part: 'disk',
    measured: true,
    rule: byFailureRate(
      FORETELLING,
      [1, 0.3388],
      [3, 0.2406],
      [6, 0.5014],
      [11, 0.3801],
      [20, 0.5346],
      [35, 0.8428],
      [65, 1.4429],
      [120, 1.6191],
    ),
    source: SOURCE,
    title: {
      en: 'Disk {instance} reported {value} uncorrectable errors',
      'pt-BR': 'O disco {instance} relatou {value} erros incorrigíveis',
    },
    fix: replaceDisk,
  },
  SMART_188: {
    category: 'storage',
    metric: 'smart.188',
    unit: 'timeouts',
    part: 'disk',
    measured: true,
    rule: byFailureRate(FORETELLING, [100, 0.0249], [13e9, 0.1004], [26e9, 0.334], [39e9, 0.3672]),
    source: SOURCE,
    title: {
      en: 'Disk {instance} timed out {value} times',
      'pt-BR': 'O disco {instance} excedeu o tempo de resposta {value} vezes',
    },
    fix: {
      en: 'Check the power and data cables first; back up, and replace the disk if the counter goes on growing.',
      'pt-BR':
        'Verifique primeiro os cabos de energia e dados; faça backup e substitua o disco se o contador continuar crescendo.',
    },
  },
  SMART_197: {
    category: 'storage',
    metric: 'smart.197',
    unit: 'sectors',
    part: 'disk',
    measured: true,
    rule: byFailureRate(
      FORETELLING,
      [2, 0.342],
      [6, 0.6824],
      [16, 0.6108],
      [40, 0.9565],
      [100, 1.652],
      [250, 2.5138],
      [650, 3.3203],
    ),
    source: SOURCE,
    title: {
      en: 'Disk {instance} has {value} sectors it cannot read',
      'pt-BR': 'O disco {instance} tem {value} setores que não consegue ler',
    },
    fix: replaceDisk,
  },
  SMART_198: {
    category: 'storage',
    metric: 'smart.198',
    unit: 'sectors',
    part: 'disk',
    measured: true,
    rule: byFailureRate(FORETELLING, [2, 0.8136], [4, 1.1173], [6, 1.3559]),
    source: SOURCE,
    title: {
      en: 'Disk {instance} has {value} uncorrectable sectors',
      'pt-BR': 'O disco {instance} tem {value} setores incorrigíveis',
    },
    fix: replaceDisk,
  },
  SMART_199: {
    category: 'storage',
    metric: 'smart.199',
    unit: 'errors',
    part: 'disk',
    measured: true,
    rule: byFailureRate(
      INDIRECT,
      [1, 0.0407],
      [2, 0.1513],
      [4, 0.1685],
      [8, 0.1539],
      [16, 0.1488],
      [35, 0.2088],
      [130, 0.2234],
    ),
    source: SOURCE,
    title: {
      en: 'Disk {instance} counts {value} errors on its cable',
      'pt-BR': 'O disco {instance} registra {value} erros no cabo',
    },
    fix: {
      en: 'Replace or reseat the SATA cable; the counter never falls, so watch whether it still grows.',
      'pt-BR': 'Troque ou reencaixe o cabo SATA; o contador nunca diminui, então observe se ainda cresce.',
    },
  },
} satisfies Record<string, Check>;

/** Attributes that are judged, by their number in the SMART table. */
export const smartAttributes = new Map<number, keyof typeof smartChecks>([
  [5, 'SMART_5'],
  [10, 'SMART_10'],
  [187, 'SMART_187'],
  [188, 'SMART_188'],
  [197, 'SMART_197'],
  [198, 'SMART_198'],
  [199, 'SMART_199'],
]);
