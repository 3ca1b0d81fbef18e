import type { RecommendationCode, ReportLanguage } from '@techze/contracts';

/** What people read: `{part}` is which one with a blank before it, or nothing; the rest as the recommendation has it. */
interface Words {
  readonly title: Readonly<Record<ReportLanguage, string>>;
  readonly action: Readonly<Record<ReportLanguage, string>>;
}

const words: Readonly<Record<RecommendationCode, Words>> = {
  REPLACE_DISK: {
    title: { en: 'Replace the disk{part}', 'pt-BR': 'Substituir o disco{part}' },
    action: {
      en: 'Back up what is on it now, then replace the disk.',
      'pt-BR': 'Faça agora uma cópia de segurança do conteúdo e substitua o disco.',
    },
  },
  CHECK_DISK_CABLE: {
    title: { en: 'Check the cable of the disk{part}', 'pt-BR': 'Verificar o cabo do disco{part}' },
    action: {
      en: 'Reseat or replace cable and power supply of the disk; replace the disk if its errors go on.',
      'pt-BR': 'Reencaixe ou troque o cabo e a alimentação do disco; se os erros continuarem, substitua o disco.',
    },
  },
  FREE_DISK_SPACE: {
    title: { en: 'Free space on{part}', 'pt-BR': 'Liberar espaço em{part}' },
    action: {
      en: 'Remove what is not needed, move data elsewhere, or enlarge the disk.',
      'pt-BR': 'Remova o que não é necessário, mova dados para outro lugar ou amplie o disco.',
    },
  },
  REPLACE_BATTERY: {
    title: { en: 'Replace the battery{part}', 'pt-BR': 'Substituir a bateria{part}' },
    action: { en: 'Replace the battery.', 'pt-BR': 'Substitua a bateria.' },
  },
  CONNECT_CHARGER: {
    title: { en: 'Connect the charger', 'pt-BR': 'Conectar o carregador' },
    action: { en: 'Connect the charger.', 'pt-BR': 'Conecte o carregador.' },
  },
  CLEAN_COOLING: {
    title: { en: 'Clean the cooling', 'pt-BR': 'Limpar a refrigeração' },
    action: {
      en: 'Clean fans and vents, renew the thermal paste, and see that air can flow.',
      'pt-BR': 'Limpe ventoinhas e saídas de ar, renove a pasta térmica e verifique se o ar circula.',
    },
  },
  RELIEVE_MEMORY: {
    title: { en: 'Relieve the memory', 'pt-BR': 'Aliviar a memória' },
    action: {
      en: 'Close or remove what uses the memory; add memory if it is needed.',
      'pt-BR': 'Feche ou remova o que ocupa a memória; se for necessário, instale mais memória.',
    },
  },
  REPLACE_MEMORY: {
    title: { en: 'Replace the faulty memory', 'pt-BR': 'Substituir a memória com defeito' },
    action: {
      en: 'Test the memory modules one by one and replace the faulty one.',
      'pt-BR': 'Teste os módulos de memória um a um e substitua o defeituoso.',
    },
  },
  RELIEVE_PROCESSOR: {
    title: { en: 'Relieve processor and disks', 'pt-BR': 'Aliviar o processador e os discos' },
    action: {
      en: 'Find what keeps processor or disks busy, and stop, move or postpone it.',
      'pt-BR': 'Descubra o que ocupa o processador ou os discos e encerre, mova ou adie.',
    },
  },
  MEND_NETWORK: {
    title: { en: 'Mend the network', 'pt-BR': 'Corrigir a rede' },
    action: { en: 'Check cable, Wi-Fi, router and DNS.', 'pt-BR': 'Verifique cabo, Wi-Fi, roteador e DNS.' },
  },
  UPGRADE_SYSTEM: {
    title: { en: 'Upgrade the operating system', 'pt-BR': 'Atualizar o sistema operacional' },
    action: {
      en: 'Upgrade to a release that still gets security updates.',
      'pt-BR': 'Atualize para uma versão que ainda receba atualizações de segurança.',
    },
  },
  SECURE_SYSTEM: {
    title: { en: 'Turn protection on', 'pt-BR': 'Ativar a proteção' },
    action: {
      en: 'Turn firewall, antivirus and disk encryption on where they are off or outdated.',
      'pt-BR': 'Ative o firewall, o antivírus e a criptografia de disco onde estiverem desligados ou desatualizados.',
    },
  },
  INVESTIGATE_CRASHES: {
    title: { en: 'Find out why it crashes', 'pt-BR': 'Descobrir por que trava' },
    action: {
      en: 'Read the event log around the crashes; update drivers and firmware, test memory and power supply.',
      'pt-BR':
        'Leia o registro de eventos em torno das falhas; atualize drivers e firmware, teste a memória e a fonte.',
    },
  },
  RESTART_DEVICE: {
    title: { en: 'Restart the machine', 'pt-BR': 'Reiniciar a máquina' },
    action: { en: 'Restart the machine when convenient.', 'pt-BR': 'Reinicie a máquina quando for oportuno.' },
  },
  SET_CLOCK: {
    title: { en: 'Set the clock', 'pt-BR': 'Acertar o relógio' },
    action: {
      en: 'Turn on time synchronisation, and replace the battery of the clock if it goes wrong again.',
      'pt-BR': 'Ative a sincronização de horário e troque a bateria do relógio se ele voltar a errar.',
    },
  },
  MEND_SERVICES: {
    title: { en: 'Mend services that failed', 'pt-BR': 'Corrigir serviços que falharam' },
    action: {
      en: 'Read what the failed services logged, mend the cause and start them again.',
      'pt-BR': 'Leia o registro dos serviços que falharam, corrija a causa e inicie-os novamente.',
    },
  },
  RESOLVE_FINDING: {
    title: { en: 'Resolve {codes}{part}', 'pt-BR': 'Resolver {codes}{part}' },
    action: { en: 'See what the finding says, and mend it.', 'pt-BR': 'Veja o que o problema diz e corrija-o.' },
  },
  INVESTIGATE_ANOMALY: {
    title: { en: 'Look into {metric}{part}', 'pt-BR': 'Investigar {metric}{part}' },
    action: {
      en: 'It is unlike its own past: find out what changed, or call the anomaly false.',
      'pt-BR': 'Está diferente do próprio passado: descubra o que mudou ou marque a anomalia como falsa.',
    },
  },
  INVESTIGATE_FLEET: {
    title: {
      en: '{devices} of {of} devices with {attribute} {value} have {codes}',
      'pt-BR': '{devices} de {of} dispositivos com {attribute} {value} têm {codes}',
    },
    action: {
      en: 'Look for one common cause (driver, update, batch of hardware) instead of mending each device.',
      'pt-BR': 'Procure uma causa comum (driver, atualização, lote de hardware) em vez de consertar cada dispositivo.',
    },
  },
};

/** The text of a recommendation. What the device says goes in as it is: whoever renders it, escapes it. */
export function wordsOf(
  code: RecommendationCode,
  language: ReportLanguage,
  facts: Readonly<Record<string, string | number>>,
): { title: string; action: string } {
  const { title, action } = words[code];
  return {
    title: title[language].replace(/\{(\w+)\}/gu, (_place, name: string) => String(facts[name] ?? '')).trim(),
    action: action[language],
  };
}
