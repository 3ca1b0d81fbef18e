import { COUNT, PERCENT, levels, type Check } from './check.js';

/** The health log that NVMe disks keep of themselves. */
export const nvmeChecks = {
  NVME_CRITICAL_WARNING: {
    category: 'storage',
    metric: 'nvme.critical_warning',
    unit: 'bits',
    part: 'disk',
    rule: levels('above', [0, 255], { leave: 0, critical: 1, fail: 1 }),
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
    part: 'disk',
    rule: levels('above', [0, 255], { leave: 80, warning: 91, critical_leave: 100, critical: 101, fail: 200 }),
    source: 'Zabbix smart_agent2: > 90 %; Scrutiny: > 100 %',
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
    part: 'disk',
    // Each drive names its own threshold; these limits are replaced by it.
    rule: levels('below', PERCENT, { leave: 20, warning: 10, critical_leave: 10, critical: 9, fail: 0 }),
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
    part: 'disk',
    // Critical needs growth, which one diagnostic cannot see.
    rule: levels('above', COUNT, { leave: 0, warning: 1, fail: 1000 }),
    source: 'Scrutiny: > 0; [P] a warning while it is not seen to grow',
    title: {
      en: 'NVMe disk {instance} counts {value} media {error|errors}',
      'pt-BR': 'O disco NVMe {instance} registra {value} {erro|erros} de mídia',
    },
    fix: {
      en: 'Back up, and watch the counter: a disk whose errors grow has to be replaced.',
      'pt-BR': 'Faça backup e acompanhe o contador: se os erros crescerem, substitua o disco.',
    },
  },
} satisfies Record<string, Check>;
