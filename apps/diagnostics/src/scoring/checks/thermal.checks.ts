import { CELSIUS, levels, type Check } from './check.js';

/** Temperatures. */
export const thermalChecks = {
  CPU_TEMPERATURE: {
    category: 'cpu_thermal',
    metric: 'cpu.temperature',
    unit: '°C',
    measured: true,
    rule: levels('above', CELSIUS, { leave: 75, warning: 85, critical_leave: 85, critical: 95, fail: 105 }),
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
    part: 'sensor',
    // Judged only by the sensor's own trip points, which replace these limits.
    rule: levels('above', CELSIUS, { leave: 75, warning: 85, critical_leave: 85, critical: 95, fail: 105 }),
    source: 'The sensor’s own trip points',
    title: { en: 'Sensor {instance} is at {value} °C', 'pt-BR': 'O sensor {instance} está a {value} °C' },
    fix: {
      en: 'Clean the cooling path of this part and check its fan.',
      'pt-BR': 'Limpe a ventilação deste componente e verifique sua ventoinha.',
    },
  },
  GPU_TEMPERATURE: {
    category: 'cpu_thermal',
    metric: 'gpu.temperature',
    unit: '°C',
    part: 'graphics',
    // One sample, maybe in the middle of a game: hot is not yet broken.
    rule: levels('above', CELSIUS, { leave: 83, warning: 90, fail: 110 }),
    source: '[P] 90 °C: NVIDIA allows its cards 88 to 98 °C, depending on the model',
    title: {
      en: 'Graphics card {instance} is at {value} °C',
      'pt-BR': 'A placa de vídeo {instance} está a {value} °C',
    },
    fix: {
      en: 'Clean the fans of the card and check the airflow of the case.',
      'pt-BR': 'Limpe as ventoinhas da placa e verifique a ventilação do gabinete.',
    },
  },
} satisfies Record<string, Check>;
