import { PERCENT, levels, type Check } from './check.js';

/** File systems. */
export const fileSystemChecks = {
  FS_USED: {
    category: 'storage',
    metric: 'disk.used_ratio',
    unit: '%',
    part: 'file_system',
    measured: true,
    // Critical only while less than 5 GB are free (readings/storage.readings.ts).
    rule: levels('above', PERCENT, { leave: 80, warning: 90, critical_leave: 90, critical: 98, fail: 100 }),
    source: 'Netdata disks.conf: warning > 90 %; critical > 98 % and less than 5 GB free',
    title: { en: '{instance} is {value} % full', 'pt-BR': '{instance} está {value} % cheio' },
    fix: {
      en: 'Empty the recycle bin and temporary files, move or delete large files, or fit a larger disk.',
      'pt-BR':
        'Esvazie a lixeira e os arquivos temporários, mova ou apague arquivos grandes, ou instale um disco maior.',
    },
  },
  FS_FULL_IN: {
    category: 'storage',
    metric: 'disk.full_in_hours',
    unit: 'h',
    part: 'file_system',
    rule: levels('below', [0, 1e7], { leave: 48, warning: 8, critical_leave: 24, critical: 2, fail: 0 }),
    source: 'Netdata disks.conf: full in < 8 h at the rate of the last hour, leave > 48 h; < 2 h, leave > 24 h',
    title: {
      en: '{instance} will be full in {value} h if it goes on like this',
      'pt-BR': '{instance} ficará cheio em {value} h se continuar assim',
    },
    fix: {
      en: 'Find what writes so much (logs, backups, downloads) and stop it or give it room.',
      'pt-BR': 'Descubra o que grava tanto (logs, backups, downloads) e interrompa ou dê espaço.',
    },
  },
} satisfies Record<string, Check>;
