import { PERCENT, levels, type Check } from './check.js';

/** The network as this machine sees it. */
export const networkChecks = {
  NET_LATENCY: {
    category: 'network',
    metric: 'net.latency_ms',
    unit: 'ms',
    measured: true,
    rule: levels('above', [0, 1e7], { leave: 300, warning: 500, critical_leave: 700, critical: 1000, fail: 5000 }),
    source: 'Netdata ping.conf: > 500 ms, > 1000 ms',
    title: { en: 'The network answers after {value} ms', 'pt-BR': 'A rede responde em {value} ms' },
    fix: {
      en: 'Compare cable with Wi-Fi, restart the router, and ask the provider.',
      'pt-BR': 'Compare cabo com Wi-Fi, reinicie o roteador e consulte o provedor.',
    },
  },
  NET_PACKET_LOSS: {
    category: 'network',
    metric: 'net.packet_loss_ratio',
    unit: '%',
    rule: levels('above', PERCENT, { leave: 1, warning: 5, critical_leave: 5, critical: 10, fail: 50 }),
    source: 'Netdata ping.conf: > 5 %, > 10 %',
    title: { en: '{value} % of the packets are lost', 'pt-BR': '{value} % dos pacotes se perdem' },
    fix: { en: 'Check cable, Wi-Fi signal and router.', 'pt-BR': 'Verifique cabo, sinal de Wi-Fi e roteador.' },
  },
  NET_UNREACHABLE: {
    category: 'network',
    metric: 'net.reachable',
    unit: 'state',
    // Netdata calls it critical; seen from one machine, a firewall looks just like an outage.
    rule: { kind: 'states', good: 'yes', penalties: { yes: 0, no: 50 } },
    source: 'Netdata ping.conf: unreachable; [P] a warning, since a firewall looks the same',
    title: { en: 'The Internet cannot be reached', 'pt-BR': 'A Internet está inacessível' },
    fix: { en: 'Check cable, Wi-Fi, router and DNS.', 'pt-BR': 'Verifique cabo, Wi-Fi, roteador e DNS.' },
  },
  NIC_ERRORS: {
    category: 'network',
    metric: 'net.error_ratio',
    unit: '%',
    part: 'interface',
    rule: levels('above', PERCENT, { leave: 0.1, warning: 1, fail: 20 }),
    source: 'Netdata net.conf; [P] 1 % of the packets since boot',
    title: {
      en: '{value} % of the packets of {instance} are damaged',
      'pt-BR': '{value} % dos pacotes de {instance} chegam danificados',
    },
    fix: {
      en: 'Replace the network cable; update the driver of the adapter.',
      'pt-BR': 'Troque o cabo de rede; atualize o driver do adaptador.',
    },
  },
  NIC_DROPS: {
    category: 'network',
    metric: 'net.drop_ratio',
    unit: '%',
    part: 'interface',
    rule: levels('above', PERCENT, { leave: 1, warning: 2, fail: 40 }),
    source: 'Netdata net.conf: ≥ 2 %, Wi-Fi ≥ 10 %',
    title: { en: '{instance} drops {value} % of its packets', 'pt-BR': '{instance} descarta {value} % dos pacotes' },
    fix: {
      en: 'Update the driver of the adapter; improve the Wi-Fi signal.',
      'pt-BR': 'Atualize o driver do adaptador; melhore o sinal de Wi-Fi.',
    },
  },
  NIC_UTILISATION: {
    category: 'network',
    metric: 'net.utilisation_ratio',
    unit: '%',
    part: 'interface',
    rule: levels('above', PERCENT, { leave: 85, warning: 90, fail: 100 }),
    source: 'Netdata net.conf: > 90 %, leave < 85 %',
    title: { en: '{instance} uses {value} % of its bandwidth', 'pt-BR': '{instance} usa {value} % da banda' },
    fix: {
      en: 'Find what fills the line, or use a faster one.',
      'pt-BR': 'Descubra o que ocupa a linha, ou use uma mais rápida.',
    },
  },
} satisfies Record<string, Check>;
