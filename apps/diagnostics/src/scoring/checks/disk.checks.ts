import { CELSIUS, levels, type Check } from './check.js';

/** Disks, whatever they are made of. */
export const diskChecks = {
  DISK_TEMPERATURE: {
    category: 'storage',
    metric: 'disk.temperature',
    unit: '°C',
    part: 'disk',
    measured: true,
    rule: levels('above', CELSIUS, { leave: 45, warning: 50, critical_leave: 55, critical: 65, fail: 80 }),
    source: 'Zabbix smart_agent2: > 50 °C, > 65 °C; the drive’s own trip points where it tells them',
    title: { en: 'Disk {instance} is at {value} °C', 'pt-BR': 'O disco {instance} está a {value} °C' },
    fix: {
      en: 'Clean dust and check the airflow around the disk; back up before heavy use.',
      'pt-BR': 'Limpe a poeira e verifique a ventilação do disco; faça backup antes de uso intenso.',
    },
  },
  DISK_BUSY: {
    category: 'storage',
    metric: 'disk.busy_ratio',
    unit: '%',
    // The source's figure is a mean of ten minutes; one sample is never critical.
    rule: levels('above', [0, 1e6], { leave: 68.6, warning: 98, fail: 400 }),
    source: 'Netdata disks.conf: > 98 %, leave < 68.6 %',
    title: { en: 'The disks are busy {value} % of the time', 'pt-BR': 'Os discos estão ocupados {value} % do tempo' },
    fix: {
      en: 'Find what reads and writes so much; a worn or mechanical disk is worth replacing by an SSD.',
      'pt-BR': 'Descubra o que lê e grava tanto; vale trocar um disco mecânico ou desgastado por um SSD.',
    },
  },
  DISK_AWAIT: {
    category: 'storage',
    metric: 'disk.await_ms',
    unit: 'ms',
    rule: levels('above', [0, 1e7], { leave: 10, warning: 20, fail: 500 }),
    source: 'Zabbix windows_agent: > 20 ms to read or write',
    title: {
      en: 'The disks take {value} ms to answer',
      'pt-BR': 'Os discos levam {value} ms para responder',
    },
    fix: {
      en: 'Look for a failing or overloaded disk; a mechanical one is worth replacing by an SSD.',
      'pt-BR': 'Procure um disco com defeito ou sobrecarregado; vale trocar um mecânico por um SSD.',
    },
  },
} satisfies Record<string, Check>;
