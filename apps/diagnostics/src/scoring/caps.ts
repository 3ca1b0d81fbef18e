import type { Assessment } from './assessment.js';
import type { Text } from './checks/check.js';

/** A machine with such a fault never scores above the limit, whatever else is fine. */
export interface Cap {
  code: string;
  /** The highest score, 0..100. */
  limit: number;
  source: string;
  title: Text;
  fix: Text;
  applies: (assessment: Assessment) => boolean;
}

/** Lowest limit first. */
export const caps: readonly Cap[] = [
  {
    code: 'CAP_HARDWARE_FAILING',
    limit: 25,
    source: 'TechZe: failing hardware is at most 25',
    title: { en: 'Failing hardware: at most 25 points', 'pt-BR': 'Hardware com falha: no máximo 25 pontos' },
    fix: {
      en: 'Replace the failing part: no other repair lifts this limit.',
      'pt-BR': 'Substitua a peça com defeito: nenhum outro reparo remove este limite.',
    },
    applies: ({ severity, check }) => severity === 'critical' && check.hardware_failing === true,
  },
  {
    code: 'CAP_CRITICAL',
    limit: 49,
    source: 'TechZe: any critical finding is at most 49',
    title: { en: 'A critical finding: at most 49 points', 'pt-BR': 'Um problema crítico: no máximo 49 pontos' },
    fix: {
      en: 'Mend what is critical first: no other repair lifts this limit.',
      'pt-BR': 'Corrija primeiro o que é crítico: nenhum outro reparo remove este limite.',
    },
    applies: ({ severity }) => severity === 'critical',
  },
  {
    code: 'CAP_OS_UNSUPPORTED',
    limit: 70,
    source: 'TechZe, after ControlUp: an unsupported operating system is at most 70',
    title: {
      en: 'An unsupported operating system: at most 70 points',
      'pt-BR': 'Sistema operacional sem suporte: no máximo 70 pontos',
    },
    fix: {
      en: 'Upgrade to a release that still gets security updates.',
      'pt-BR': 'Atualize para uma versão que ainda receba atualizações de segurança.',
    },
    applies: ({ code, reading }) => code === 'OS_SUPPORT' && Number(reading.value) < 0,
  },
  {
    code: 'CAP_DISK_FULL',
    limit: 79,
    source: 'TechZe: a full disk is never healthy',
    title: { en: 'A full disk: at most 79 points', 'pt-BR': 'Um disco cheio: no máximo 79 pontos' },
    fix: { en: 'Free space on the full disk.', 'pt-BR': 'Libere espaço no disco cheio.' },
    applies: ({ code, reading }) => code === 'FS_USED' && Number(reading.value) >= 98,
  },
];

/** The lowest cap that applies, with the worst fault that brings it about. */
export function capOf(worstFirst: readonly Assessment[]): { cap: Cap; cause: Assessment } | null {
  for (const cap of caps) {
    const cause = worstFirst.find((assessment) => cap.applies(assessment));
    if (cause) return { cap, cause };
  }
  return null;
}
