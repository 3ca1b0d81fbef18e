import type { SystemProbe } from '../machine/system-probe.js';

/** What the agent can use, by the name of its package with each manager. */
const packages = {
  smartctl: { default: 'smartmontools', winget: 'smartmontools.smartmontools' },
  dmidecode: { default: 'dmidecode' },
  sensors: { default: 'lm-sensors', dnf: 'lm_sensors', yum: 'lm_sensors', pacman: 'lm_sensors', zypper: 'sensors' },
} as const satisfies Record<string, { default: string } & Partial<Record<Manager, string>>>;
export type Tool = keyof typeof packages;

const managers = {
  apt: ['apt-get', 'sudo apt-get install'],
  dnf: ['dnf', 'sudo dnf install'],
  yum: ['yum', 'sudo yum install'],
  zypper: ['zypper', 'sudo zypper install'],
  pacman: ['pacman', 'sudo pacman -S'],
  apk: ['apk', 'sudo apk add'],
  brew: ['brew', 'brew install'],
  winget: ['winget', 'winget install'],
} as const;
type Manager = keyof typeof managers;

const managersOf: Partial<Record<NodeJS.Platform, readonly Manager[]>> = {
  linux: ['apt', 'dnf', 'yum', 'zypper', 'pacman', 'apk'],
  darwin: ['brew'],
  win32: ['winget'],
};

/** The command that installs a tool here, or what to install where no known package manager is. */
export async function installHint(machine: SystemProbe, tool: Tool): Promise<string> {
  const names: { default: string } & Partial<Record<Manager, string>> = packages[tool];
  for (const manager of managersOf[machine.platform] ?? []) {
    const [program, command] = managers[manager];
    if (await machine.hasProgram(program)) return `${command} ${names[manager] ?? names.default}`;
  }
  return `install ${names.default}`;
}
