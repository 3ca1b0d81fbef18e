import { defaultStateFolder } from './state-folder.js';

const home = '/home/maria';

it.each([
  ['root on Linux', { platform: 'linux', isRoot: true, home: '/root' }, {}, '/var/lib/techze-agent'],
  ['a user on Linux', { platform: 'linux', isRoot: false, home }, {}, '/home/maria/.local/state/techze-agent'],
  [
    'a user with an XDG folder',
    { platform: 'linux', isRoot: false, home },
    { XDG_STATE_HOME: '/xdg' },
    '/xdg/techze-agent',
  ],
  [
    'a user whose XDG folder is relative, which the specification forbids',
    { platform: 'linux', isRoot: false, home },
    { XDG_STATE_HOME: 'xdg' },
    '/home/maria/.local/state/techze-agent',
  ],
  [
    'root on macOS',
    { platform: 'darwin', isRoot: true, home: '/var/root' },
    {},
    '/Library/Application Support/techze-agent',
  ],
  [
    'a user on macOS',
    { platform: 'darwin', isRoot: false, home: '/Users/maria' },
    {},
    '/Users/maria/Library/Application Support/techze-agent',
  ],
  [
    'a user on Windows',
    { platform: 'win32', isRoot: false, home: '/maria' },
    { LOCALAPPDATA: '/maria/AppData/Local' },
    '/maria/AppData/Local/techze-agent',
  ],
  [
    'Windows without that variable',
    { platform: 'win32', isRoot: false, home: '/maria' },
    {},
    '/maria/AppData/Local/techze-agent',
  ],
] as const)('keeps the state of %s where it is customary', (_, host, env, folder) => {
  expect(defaultStateFolder(host, env)).toBe(folder);
});
