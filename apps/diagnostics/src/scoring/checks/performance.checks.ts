import { COUNT, PERCENT, levels, type Check } from './check.js';

/** What makes a machine slow. */
export const performanceChecks = {
  CPU_LOAD: {
    category: 'performance',
    metric: 'cpu.load',
    unit: '%',
    measured: true,
    // The source's 95 % critical is for a mean of ten minutes. One diagnostic is one sample: busy is not yet sick.
    rule: levels('above', PERCENT, { leave: 75, warning: 85, fail: 100 }),
    source: 'Netdata cpu.conf: > 85 %, leave < 75 %',
    title: { en: 'The processor is {value} % busy', 'pt-BR': 'O processador está {value} % ocupado' },
    fix: {
      en: 'Find the process that uses the processor; update, limit or remove it.',
      'pt-BR': 'Descubra o processo que ocupa o processador; atualize, limite ou remova.',
    },
  },
  CPU_IOWAIT: {
    category: 'performance',
    metric: 'cpu.iowait',
    unit: '%',
    rule: levels('above', PERCENT, { leave: 20, warning: 40, fail: 100 }),
    source: 'Netdata cpu.conf: > 40 %, leave < 20 %',
    title: {
      en: 'The processor waits for the disks {value} % of the time',
      'pt-BR': 'O processador espera pelos discos {value} % do tempo',
    },
    fix: {
      en: 'Find what reads and writes so much, and check the health of the disks.',
      'pt-BR': 'Descubra o que lê e grava tanto e verifique a saúde dos discos.',
    },
  },
  LOAD_AVERAGE: {
    category: 'performance',
    metric: 'cpu.load_average_per_core',
    unit: '%',
    rule: levels('above', [0, 1e7], { leave: 175, warning: 200, fail: 800 }),
    source: 'Netdata load.conf: > 200 % per core, leave < 175 %',
    title: {
      en: 'The load average is {value} % per processor core',
      'pt-BR': 'A carga média é de {value} % por núcleo',
    },
    fix: {
      en: 'Find what waits for the processor or the disk, and move or remove it.',
      'pt-BR': 'Descubra o que espera pelo processador ou disco, e mova ou remova.',
    },
  },
  PROCESSES_BLOCKED: {
    category: 'performance',
    metric: 'processes.blocked',
    unit: 'processes',
    rule: levels('above', COUNT, { leave: 2, warning: 8, fail: 64 }),
    source: '[P] processes in uninterruptible wait',
    title: {
      en: '{value} {process|processes} stuck waiting for a device',
      'pt-BR': '{value} {processo|processos} à espera de um dispositivo',
    },
    fix: {
      en: 'Look for a failing disk or an unreachable network share.',
      'pt-BR': 'Procure um disco com defeito ou um compartilhamento de rede inacessível.',
    },
  },
} satisfies Record<string, Check>;
