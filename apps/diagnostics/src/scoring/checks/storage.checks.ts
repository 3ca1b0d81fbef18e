import { levels, type Check } from './check.js';

export const storageChecks = {
  FS_USED: {
    category: 'storage',
    metric: 'disk.used_ratio',
    unit: '%',
    // Critical only while less than 5 GB are free (readings/storage.readings.ts).
    rule: levels('above', { leave: 80, warning: 90, criticalLeave: 90, critical: 98, fail: 100 }),
    source: 'Netdata disks.conf: warning > 90 %; critical > 98 % and less than 5 GB free',
    title: { en: '{instance} is {value} % full', 'pt-BR': '{instance} está {value} % cheio' },
    fix: {
      en: 'Empty the recycle bin and temporary files, move or delete large files, or fit a larger disk.',
      'pt-BR':
        'Esvazie a lixeira e os arquivos temporários, mova ou apague arquivos grandes, ou instale um disco maior.',
    },
  },
  DISK_TEMPERATURE: {
    category: 'storage',
    metric: 'disk.temperature',
    unit: '°C',
    rule: levels('above', { leave: 45, warning: 50, criticalLeave: 55, critical: 65, fail: 80 }),
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
    rule: levels('above', { leave: 68.6, warning: 98, fail: 400 }),
    source: 'Netdata disks.conf: > 98 %, leave < 68.6 %',
    title: { en: 'The disks are busy {value} % of the time', 'pt-BR': 'Os discos estão ocupados {value} % do tempo' },
    fix: {
      en: 'Find what reads and writes so much; a worn or mechanical disk is worth replacing by an SSD.',
      'pt-BR': 'Descubra o que lê e grava tanto; vale trocar um disco mecânico ou desgastado por um SSD.',
    },
  },
  NVME_CRITICAL_WARNING: {
    category: 'storage',
    metric: 'nvme.critical_warning',
    unit: 'bits',
    rule: levels('above', { leave: 0, critical: 1, fail: 1 }),
    hardware_failing: true,
    source: 'NVMe specification, SMART / health log; Netdata nvme.conf and Scrutiny: ≠ 0 is critical',
    title: {
      en: 'NVMe disk {instance} raises its critical warning ({value})',
      'pt-BR': 'O disco NVMe {instance} sinaliza aviso crítico ({value})',
    },
    fix: {
      en: 'Back up now and replace the disk.',
      'pt-BR': 'Faça backup agora e substitua o disco.',
    },
  },
  NVME_PERCENTAGE_USED: {
    category: 'storage',
    metric: 'nvme.percentage_used',
    unit: '%',
    rule: levels('above', { leave: 80, warning: 90, criticalLeave: 100, critical: 100, fail: 200 }),
    source: 'Zabbix smart_agent2: 90 %; Scrutiny: 100 %',
    title: {
      en: 'NVMe disk {instance} has used {value} % of its rated life',
      'pt-BR': 'O disco NVMe {instance} já usou {value} % da vida útil prevista',
    },
    fix: {
      en: 'Plan the replacement of the disk and keep backups current.',
      'pt-BR': 'Planeje a troca do disco e mantenha os backups em dia.',
    },
  },
  NVME_AVAILABLE_SPARE: {
    category: 'storage',
    metric: 'nvme.available_spare',
    unit: '%',
    // Each drive names its own threshold; these limits are replaced by it.
    rule: levels('below', { leave: 20, warning: 10, criticalLeave: 10, critical: 9, fail: 0 }),
    source: 'Scrutiny: below the drive’s own available_spare_threshold',
    title: {
      en: 'NVMe disk {instance} has {value} % spare blocks left',
      'pt-BR': 'O disco NVMe {instance} tem {value} % de blocos de reserva',
    },
    fix: {
      en: 'Back up now and replace the disk.',
      'pt-BR': 'Faça backup agora e substitua o disco.',
    },
  },
  NVME_MEDIA_ERRORS: {
    category: 'storage',
    metric: 'nvme.media_errors',
    unit: 'errors',
    // Critical needs growth, which one diagnostic cannot see.
    rule: levels('above', { leave: 0, warning: 1, fail: 1000 }),
    source: 'Scrutiny: > 0; [P] a warning while it is not seen to grow',
    title: {
      en: 'NVMe disk {instance} counts {value} media errors',
      'pt-BR': 'O disco NVMe {instance} registra {value} erros de mídia',
    },
    fix: {
      en: 'Back up, and watch the counter: a disk whose errors grow has to be replaced.',
      'pt-BR': 'Faça backup e acompanhe o contador: se os erros crescerem, substitua o disco.',
    },
  },
} satisfies Record<string, Check>;
