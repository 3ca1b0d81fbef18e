import { COUNT, SECONDS, levels, type Check } from './check.js';

const events = 'Windows event log and its like, last 7 days; [P] limits';

/** Crashes, errors, and what keeps a machine from running on. */
export const stabilityChecks = {
  STABILITY_INDEX: {
    category: 'stability',
    metric: 'stability.index',
    unit: 'of 10',
    rule: levels('below', [0, 10], { leave: 7, warning: 6, critical_leave: 4, critical: 3, fail: 1 }),
    source: 'Win32_ReliabilityStabilityMetrics, 1..10; [P] < 6, < 3',
    title: {
      en: 'Windows rates its stability {value} of 10',
      'pt-BR': 'O Windows avalia sua estabilidade em {value} de 10',
    },
    fix: {
      en: 'Open the Reliability Monitor and remove what fails most often.',
      'pt-BR': 'Abra o Monitor de Confiabilidade e remova o que mais falha.',
    },
  },
  BUGCHECKS: {
    category: 'stability',
    metric: 'stability.bugchecks_7d',
    unit: 'events',
    rule: levels('above', COUNT, { leave: 0, warning: 1, critical_leave: 3, critical: 5, fail: 20 }),
    source: `BugCheck 1001, kernel panics: ${events}`,
    title: {
      en: 'The system crashed {value} {time|times} in 7 days',
      'pt-BR': 'O sistema travou {value} {vez|vezes} em 7 dias',
    },
    fix: {
      en: 'Read the crash dumps for the guilty driver; update it, and test the memory.',
      'pt-BR': 'Procure nos despejos de memória o driver culpado; atualize-o e teste a memória.',
    },
  },
  UNEXPECTED_SHUTDOWNS: {
    category: 'stability',
    metric: 'stability.unexpected_shutdowns_7d',
    unit: 'events',
    rule: levels('above', COUNT, { leave: 0, warning: 2, fail: 20 }),
    source: `Kernel-Power 41, EventLog 6008: ${events}`,
    title: {
      en: 'The machine went down unexpectedly {value} {time|times} in 7 days',
      'pt-BR': 'A máquina desligou inesperadamente {value} {vez|vezes} em 7 dias',
    },
    fix: {
      en: 'Check the power supply, the outlet and overheating; ask whether someone cuts the power.',
      'pt-BR': 'Verifique fonte, tomada e superaquecimento; pergunte se alguém corta a energia.',
    },
  },
  APP_CRASHES: {
    category: 'stability',
    metric: 'stability.crashes_7d',
    unit: 'events',
    rule: levels('above', COUNT, { leave: 2, warning: 10, fail: 100 }),
    source: `Application crashes: ${events}`,
    title: {
      en: 'Programs crashed {value} {time|times} in 7 days',
      'pt-BR': 'Programas falharam {value} {vez|vezes} em 7 dias',
    },
    fix: {
      en: 'Update or reinstall the program that crashes most.',
      'pt-BR': 'Atualize ou reinstale o programa que mais falha.',
    },
  },
  HARDWARE_ERRORS: {
    category: 'stability',
    metric: 'stability.hardware_errors_7d',
    unit: 'events',
    rule: levels('above', COUNT, { leave: 0, warning: 1, critical_leave: 5, critical: 10, fail: 100 }),
    source: `WHEA-Logger, machine checks: ${events}`,
    title: {
      en: 'The hardware reported {value} {error|errors} in 7 days',
      'pt-BR': 'O hardware relatou {value} {erro|erros} em 7 dias',
    },
    fix: {
      en: 'Undo overclocking, update the firmware, test memory and processor.',
      'pt-BR': 'Desfaça overclock, atualize o firmware, teste memória e processador.',
    },
  },
  DISK_ERRORS: {
    category: 'stability',
    metric: 'stability.disk_errors_7d',
    unit: 'events',
    rule: levels('above', COUNT, { leave: 0, warning: 1, fail: 100 }),
    source: `Disk events 7 and 51, I/O errors: ${events}`,
    title: {
      en: 'The system logged {value} disk {error|errors} in 7 days',
      'pt-BR': 'O sistema registrou {value} {erro|erros} de disco em 7 dias',
    },
    fix: {
      en: 'Back up, check the cables, and run the disk’s self-test.',
      'pt-BR': 'Faça backup, verifique os cabos e execute o autoteste do disco.',
    },
  },
  OOM_KILLS: {
    category: 'stability',
    metric: 'stability.oom_kills',
    unit: 'events',
    rule: levels('above', COUNT, { leave: 0, warning: 1, fail: 50 }),
    source: 'Netdata ram.conf: > 0',
    title: {
      en: 'The system killed {value} {program|programs} for want of memory',
      'pt-BR': 'O sistema encerrou {value} {programa|programas} por falta de memória',
    },
    fix: {
      en: 'Add memory, or remove what needs so much.',
      'pt-BR': 'Adicione memória ou remova o que tanto consome.',
    },
  },
  SERVICE_FAILED: {
    category: 'stability',
    metric: 'services.failed',
    unit: 'services',
    rule: levels('above', COUNT, { leave: 0, warning: 1, fail: 20 }),
    source: 'Netdata systemdunits.conf; Zabbix: automatic service not running, without those that stop by design',
    title: {
      en: 'Services that should run do not: {detail}',
      'pt-BR': 'Serviços que deveriam rodar estão parados: {detail}',
    },
    fix: {
      en: 'Read the log of the service, mend the cause, start it again.',
      'pt-BR': 'Leia o log do serviço, corrija a causa e inicie-o novamente.',
    },
  },
  REBOOT_REQUIRED: {
    category: 'stability',
    metric: 'system.reboot_required',
    unit: 'state',
    rule: { kind: 'states', good: 'no', penalties: { no: 0, yes: 40 } },
    supporting: true,
    source: 'Netdata reboot.conf',
    title: { en: 'A restart is pending', 'pt-BR': 'Há uma reinicialização pendente' },
    fix: {
      en: 'Restart the machine to finish its updates.',
      'pt-BR': 'Reinicie a máquina para concluir as atualizações.',
    },
  },
  CLOCK_SKEW: {
    category: 'stability',
    metric: 'time.offset_seconds',
    unit: 's',
    rule: levels('above', SECONDS, { leave: 10, warning: 60, fail: 3600 }),
    supporting: true,
    source: 'Zabbix {$SYSTEM.FUZZYTIME.MAX}: > 60 s',
    title: { en: 'The clock is off by {value}', 'pt-BR': 'O relógio está errado em {value}' },
    fix: {
      en: 'Turn on time synchronisation; a clock that keeps drifting needs a new board battery.',
      'pt-BR': 'Ative a sincronização de horário; se o relógio continua atrasando, troque a bateria da placa-mãe.',
    },
  },
  CLOCK_UNSYNCHRONISED: {
    category: 'stability',
    metric: 'time.synchronised',
    unit: 'state',
    rule: { kind: 'states', good: 'yes', penalties: { yes: 0, no: 40 } },
    supporting: true,
    source: 'Netdata timex.conf',
    title: { en: 'The clock is not synchronised', 'pt-BR': 'O relógio não está sincronizado' },
    fix: { en: 'Turn on time synchronisation.', 'pt-BR': 'Ative a sincronização de horário.' },
  },
  UPTIME: {
    category: 'stability',
    metric: 'boot.uptime_seconds',
    unit: 's',
    measured: true,
    rule: levels('above', SECONDS, { leave: 30 * 86_400, fail: 365 * 86_400 }),
    supporting: true,
    source: '[P] points without a finding beyond 30 days',
    title: { en: 'Not restarted for {value}', 'pt-BR': 'Sem reiniciar há {value}' },
    fix: { en: 'Restart the machine when convenient.', 'pt-BR': 'Reinicie a máquina quando for oportuno.' },
  },
} satisfies Record<string, Check>;
