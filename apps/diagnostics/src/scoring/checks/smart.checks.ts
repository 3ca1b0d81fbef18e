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

const watchCounter = {
  en: 'Back up, and watch the counter: a disk whose errors grow has to be replaced.',
  'pt-BR': 'Faça backup e acompanhe o contador: se os erros crescerem, substitua o disco.',
};

/** Of which too few disks were seen to call any count critical. */
const SELDOM_SEEN = { ...INDIRECT, critical_leave: null, critical: null };

/**
 * SMART. Counters whose rise goes with failures are judged by how many disks failed that showed as much; all other
 * attributes mean what their maker makes them mean, and are judged by the maker's own limits (`SMART_WHEN_FAILED`).
 */
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
      en: 'Disk {instance} has {value} reallocated {sector|sectors}',
      'pt-BR': 'O disco {instance} tem {value} {setor|setores} em área reserva',
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
      en: 'Disk {instance} needed {value} spin-up {retry|retries}',
      'pt-BR': 'O disco {instance} precisou de {value} {nova|novas} {tentativa|tentativas} de partida',
    },
    fix: replaceDisk,
  },
  SMART_11: {
    category: 'storage',
    metric: 'smart.11',
    unit: 'retries',
    measured: true,
    part: 'disk',
    rule: byFailureRate(SELDOM_SEEN, [80, 0.5556]),
    source: `${SOURCE}; few disks observed`,
    title: {
      en: 'Disk {instance} needed {value} {calibration|calibrations} more than once',
      'pt-BR': 'O disco {instance} precisou repetir {value} {calibração|calibrações}',
    },
    fix: watchCounter,
  },
  SMART_183: {
    category: 'storage',
    metric: 'smart.183',
    unit: 'errors',
    measured: true,
    part: 'disk',
    // At zero 9 % fail, and at 1 or 2 fewer: that says nothing. From 3 on more than half do.
    rule: byFailureRate(INDIRECT, [2, 0], [4, 0.6193]),
    source: SOURCE,
    title: {
      en: 'Disk {instance} slowed its link down or lost blocks {value} {time|times}',
      'pt-BR': 'O disco {instance} reduziu a velocidade ou perdeu blocos {value} {vez|vezes}',
    },
    fix: {
      en: 'Replace or reseat the data cable; back up, and watch whether the counter still grows.',
      'pt-BR': 'Troque ou reencaixe o cabo de dados; faça backup e observe se o contador ainda cresce.',
    },
  },
  SMART_184: {
    category: 'storage',
    metric: 'smart.184',
    unit: 'errors',
    measured: true,
    part: 'disk',
    // Observed by its normalised value, which loses one with each error.
    rule: byFailureRate(FORETELLING, [1, 0.8372], [2, 1.8069]),
    source: SOURCE,
    title: {
      en: 'Disk {instance} damaged data on its way {value} {time|times}',
      'pt-BR': 'O disco {instance} danificou dados no caminho {value} {vez|vezes}',
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
      en: 'Disk {instance} reported {value} uncorrectable {error|errors}',
      'pt-BR': 'O disco {instance} relatou {value} {erro|erros} sem correção',
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
      en: 'Disk {instance} timed out {value} {time|times}',
      'pt-BR': 'O disco {instance} excedeu o tempo de resposta {value} {vez|vezes}',
    },
    fix: {
      en: 'Check the power and data cables first; back up, and replace the disk if the counter goes on growing.',
      'pt-BR':
        'Verifique primeiro os cabos de energia e dados; faça backup e substitua o disco se o contador continuar crescendo.',
    },
  },
  SMART_189: {
    category: 'storage',
    metric: 'smart.189',
    unit: 'events',
    measured: true,
    part: 'disk',
    // Up to 13 no more fail than at zero.
    rule: byFailureRate(INDIRECT, [13, 0], [30, 0.1816], [70, 0.2678]),
    source: SOURCE,
    title: {
      en: 'Disk {instance} wrote with a head out of place {value} {time|times}',
      'pt-BR': 'O disco {instance} gravou com a cabeça fora de posição {value} {vez|vezes}',
    },
    fix: {
      en: 'Keep the disk from shocks and vibration, back up, and watch whether the counter still grows.',
      'pt-BR': 'Proteja o disco de choques e vibração, faça backup e observe se o contador ainda cresce.',
    },
  },
  SMART_196: {
    category: 'storage',
    metric: 'smart.196',
    unit: 'events',
    measured: true,
    part: 'disk',
    rule: byFailureRate(FORETELLING, [1, 0.0266], [4, 0.032], [11, 0.0431], [27, 0.1698], [45, 0.247]),
    source: SOURCE,
    title: {
      en: 'Disk {instance} had to move data off bad sectors {value} {time|times}',
      'pt-BR': 'O disco {instance} precisou mover dados de setores ruins {value} {vez|vezes}',
    },
    fix: replaceDisk,
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
      en: 'Disk {instance} has {value} {sector|sectors} it cannot read',
      'pt-BR': 'O disco {instance} tem {value} {setor|setores} que não consegue ler',
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
      en: 'Disk {instance} has {value} uncorrectable {sector|sectors}',
      'pt-BR': 'O disco {instance} tem {value} {setor|setores} sem correção',
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
      en: 'Disk {instance} counts {value} {error|errors} on its cable',
      'pt-BR': 'O disco {instance} registra {value} {erro|erros} no cabo',
    },
    fix: {
      en: 'Replace or reseat the SATA cable; the counter never falls, so watch whether it still grows.',
      'pt-BR': 'Troque ou reencaixe o cabo SATA; o contador nunca diminui, então observe se ainda cresce.',
    },
  },
} satisfies Record<string, Check>;

/** Attributes that are judged, by their number in the SMART table. */
export const smartAttributes: ReadonlyMap<number, keyof typeof smartChecks> = new Map(
  (Object.keys(smartChecks) as (keyof typeof smartChecks)[]).flatMap((code) => {
    const id = /^SMART_(\d+)$/.exec(code)?.[1];
    return id === undefined ? [] : [[Number(id), code]];
  }),
);
