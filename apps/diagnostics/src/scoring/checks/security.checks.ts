import { levels, type Check } from './check.js';

/** Protection. */
export const securityChecks = {
  OS_SUPPORT: {
    category: 'security',
    metric: 'os.support_days_left',
    unit: 'days',
    rule: levels('below', [-36_500, 36_500], { leave: 180, warning: 30, fail: -730 }),
    source: 'The maker’s support calendar (os-support.ts)',
    title: {
      en: 'Security updates end: {detail}',
      'pt-BR': 'Fim das atualizações de segurança: {detail}',
    },
    fix: {
      en: 'Upgrade to a release that still gets security updates.',
      'pt-BR': 'Atualize para uma versão que ainda receba atualizações de segurança.',
    },
  },
  FIREWALL: {
    category: 'security',
    metric: 'security.firewall',
    unit: 'state',
    rule: { kind: 'states', good: 'on', penalties: { on: 0, partly_off: 45, off: 60 } },
    source: '[P] a firewall that is off is a warning',
    title: { en: 'The firewall is {value}', 'pt-BR': 'Situação do firewall: {value}' },
    fix: {
      en: 'Turn the firewall on for every network profile.',
      'pt-BR': 'Ative o firewall em todos os perfis de rede.',
    },
  },
  ANTIVIRUS: {
    category: 'security',
    metric: 'security.antivirus',
    unit: 'state',
    rule: { kind: 'states', good: 'on', penalties: { on: 0, outdated: 45, off: 60 } },
    source: '[P] an antivirus that is off or outdated is a warning',
    title: { en: 'The antivirus is {value}', 'pt-BR': 'Situação do antivírus: {value}' },
    fix: { en: 'Turn the antivirus on and let it update.', 'pt-BR': 'Ative o antivírus e deixe-o atualizar.' },
  },
  DISK_ENCRYPTION: {
    category: 'security',
    metric: 'security.disk_encryption',
    unit: 'state',
    rule: { kind: 'states', good: 'on', penalties: { on: 0, partly_off: 20, off: 25 } },
    source: '[P] points without a finding',
    title: { en: 'Disk encryption is {value}', 'pt-BR': 'Situação da criptografia de disco: {value}' },
    fix: {
      en: 'Turn on BitLocker, FileVault or LUKS, and keep the recovery key safe.',
      'pt-BR': 'Ative BitLocker, FileVault ou LUKS, e guarde a chave de recuperação.',
    },
  },
} satisfies Record<string, Check>;
