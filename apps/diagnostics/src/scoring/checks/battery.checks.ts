import { COUNT, PERCENT, levels, type Check } from './check.js';

/** Batteries. */
export const batteryChecks = {
  BATTERY_HEALTH: {
    category: 'battery',
    metric: 'battery.health',
    unit: '%',
    part: 'battery',
    measured: true,
    rule: levels('below', PERCENT, { leave: 85, warning: 80, critical_leave: 55, critical: 50, fail: 20 }),
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
    part: 'battery',
    measured: true,
    rule: levels('above', COUNT, { leave: 800, warning: 1000, fail: 2000 }),
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
    part: 'battery',
    // Only while discharging (readings/battery.readings.ts).
    rule: levels('below', PERCENT, { leave: 15, warning: 10, fail: 0 }),
    supporting: true,
    source: 'Netdata power_supply_capacity.conf: < 10 %',
    title: { en: 'The battery is down to {value} %', 'pt-BR': 'A bateria está com {value} %' },
    fix: { en: 'Connect the charger.', 'pt-BR': 'Conecte o carregador.' },
  },
} satisfies Record<string, Check>;
