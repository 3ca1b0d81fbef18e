import { levels, type Check } from './check.js';

/** Memory, processor, temperature, and battery. */
export const machineChecks = {
  MEMORY_USED: {
    category: 'memory',
    metric: 'memory.used_ratio',
    unit: '%',
    rule: levels('above', { leave: 80, warning: 90, criticalLeave: 90, critical: 98, fail: 100 }),
    source: 'Netdata ram.conf: > 90 %, > 98 % of what is not available',
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
    rule: levels('above', { leave: 80, warning: 90, criticalLeave: 90, critical: 98, fail: 100 }),
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
    rule: levels('above', { leave: 0, warning: 1, fail: 10_000 }),
    source: 'Netdata memory.conf: > 0',
    title: { en: 'The memory corrected {value} errors', 'pt-BR': 'A memória corrigiu {value} erros' },
    fix: {
      en: 'Reseat the memory modules and test them; replace the one that keeps counting.',
      'pt-BR': 'Reencaixe e teste os módulos de memória; substitua o que continuar contando erros.',
    },
  },
  ECC_UNCORRECTABLE: {
    category: 'memory',
    metric: 'memory.ecc_uncorrectable',
    unit: 'errors',
    rule: levels('above', { leave: 0, critical: 1, fail: 10 }),
    hardware_failing: true,
    source: 'Netdata memory.conf: > 0',
    title: {
      en: 'The memory had {value} errors it could not correct',
      'pt-BR': 'A memória teve {value} erros que não pôde corrigir',
    },
    fix: {
      en: 'Replace the faulty memory module now: data is being damaged.',
      'pt-BR': 'Substitua já o módulo de memória defeituoso: dados estão sendo danificados.',
    },
  },
  CPU_TEMPERATURE: {
    category: 'cpu_thermal',
    metric: 'cpu.temperature',
    unit: '°C',
    rule: levels('above', { leave: 75, warning: 85, criticalLeave: 85, critical: 95, fail: 105 }),
    source: '[P] 85 / 95 °C (Checkmk lnx_thermal’s 70 / 80 is noisy on laptops); the device’s trip points where given',
    title: { en: 'The processor is at {value} °C', 'pt-BR': 'O processador está a {value} °C' },
    fix: {
      en: 'Clean fans and heat sink, renew the thermal paste, and check that the vents are free.',
      'pt-BR': 'Limpe ventoinhas e dissipador, troque a pasta térmica e verifique se as saídas de ar estão livres.',
    },
  },
  SENSOR_TEMPERATURE: {
    category: 'cpu_thermal',
    metric: 'sensor.temperature',
    unit: '°C',
    // Judged only by the sensor's own trip points, which replace these limits.
    rule: levels('above', { leave: 75, warning: 85, criticalLeave: 85, critical: 95, fail: 105 }),
    source: 'The sensor’s own trip points',
    title: { en: 'Sensor {instance} is at {value} °C', 'pt-BR': 'O sensor {instance} está a {value} °C' },
    fix: {
      en: 'Clean the cooling path of this part and check its fan.',
      'pt-BR': 'Limpe a ventilação deste componente e verifique sua ventoinha.',
    },
  },
  CPU_LOAD: {
    category: 'performance',
    metric: 'cpu.load',
    unit: '%',
    // The source's 95 % critical is for a mean of ten minutes. One diagnostic is one sample: busy is not yet sick.
    rule: levels('above', { leave: 75, warning: 85, fail: 100 }),
    source: 'Netdata cpu.conf: > 85 %, leave < 75 %',
    title: { en: 'The processor is {value} % busy', 'pt-BR': 'O processador está {value} % ocupado' },
    fix: {
      en: 'Find the process that uses the processor; update, limit or remove it.',
      'pt-BR': 'Descubra o processo que ocupa o processador; atualize, limite ou remova.',
    },
  },
  LOAD_AVERAGE: {
    category: 'performance',
    metric: 'cpu.load_average_per_core',
    unit: '%',
    rule: levels('above', { leave: 175, warning: 200, fail: 800 }),
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
    rule: levels('above', { leave: 2, warning: 8, fail: 64 }),
    source: '[P] processes in uninterruptible wait',
    title: {
      en: '{value} processes are stuck waiting for a device',
      'pt-BR': '{value} processos presos à espera de um dispositivo',
    },
    fix: {
      en: 'Look for a failing disk or an unreachable network share.',
      'pt-BR': 'Procure um disco com defeito ou um compartilhamento de rede inacessível.',
    },
  },
  BATTERY_HEALTH: {
    category: 'battery',
    metric: 'battery.health',
    unit: '%',
    rule: levels('below', { leave: 85, warning: 80, criticalLeave: 55, critical: 50, fail: 20 }),
    source: 'Fleet: < 80 % of the designed capacity is “service recommended”; [P] < 50 % is critical',
    title: {
      en: 'The battery holds {value} % of its designed capacity',
      'pt-BR': 'A bateria retém {value} % da capacidade de projeto',
    },
    fix: { en: 'Replace the battery.', 'pt-BR': 'Substitua a bateria.' },
  },
  BATTERY_CYCLES: {
    category: 'battery',
    metric: 'battery.cycles',
    unit: 'cycles',
    rule: levels('above', { leave: 800, warning: 1000, fail: 2000 }),
    source: 'Fleet: ≥ 1000 cycles is “service recommended”',
    title: { en: 'The battery has been through {value} cycles', 'pt-BR': 'A bateria já passou por {value} ciclos' },
    fix: {
      en: 'Plan the replacement of the battery.',
      'pt-BR': 'Planeje a troca da bateria.',
    },
  },
  BATTERY_CHARGE: {
    category: 'battery',
    metric: 'battery.charge',
    unit: '%',
    // Only while discharging (readings/battery.readings.ts).
    rule: levels('below', { leave: 15, warning: 10, fail: 0 }),
    source: 'Netdata power_supply_capacity.conf: < 10 %',
    title: { en: 'The battery is down to {value} %', 'pt-BR': 'A bateria está com {value} %' },
    fix: { en: 'Connect the charger.', 'pt-BR': 'Conecte o carregador.' },
  },
} satisfies Record<string, Check>;
