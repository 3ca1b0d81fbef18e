import {
  almaLinux,
  centOs,
  centOsStream,
  debian,
  fedora,
  macos,
  mint,
  openSuseLeap,
  redHat,
  ubuntu,
  windowsClient,
  windowsEnterprise,
  windowsLongTerm,
  windowsServer,
  type Dates,
} from './support-calendars.js';

/** When an operating system stops getting security updates. */
export interface OsSupport {
  /** Last day, as YYYY-MM-DD. */
  ends: string;
  source: string;
}

export interface OsDescription {
  distro: string;
  release: string;
  build: string;
}

interface Calendar {
  /** Of the distribution's name; the first that fits. */
  name: RegExp;
  source: string;
  dates: Dates;
  /** Which part of the description is the version that the calendar goes by. */
  version: (description: OsDescription) => string;
}

const major = ({ release }: OsDescription) => /^\d+/.exec(release)?.[0] ?? '';
const minor = ({ release }: OsDescription) => /^\d+\.\d+/.exec(release)?.[0] ?? '';
const build = (description: OsDescription) => description.build;
/** 10.15 and its kin counted minor releases; since 11 the major one counts. */
const appleVersion = (description: OsDescription) =>
  major(description) === '10' ? minor(description) : major(description);

const MICROSOFT = 'learn.microsoft.com/lifecycle';
const RED_HAT = 'access.redhat.com/support/policy/updates/errata';

const calendars: readonly Calendar[] = [
  { name: /windows.*server/i, source: MICROSOFT, dates: windowsServer, version: build },
  { name: /windows.*(ltsc|ltsb)/i, source: MICROSOFT, dates: windowsLongTerm, version: build },
  {
    name: /windows(?!.*pro education).*(enterprise|education)/i,
    source: MICROSOFT,
    dates: windowsEnterprise,
    version: build,
  },
  { name: /windows/i, source: MICROSOFT, dates: windowsClient, version: build },
  { name: /ubuntu/i, source: 'distro-info-data', dates: ubuntu, version: minor },
  { name: /linux ?mint/i, source: 'linuxmint.com/download_all.php', dates: mint, version: major },
  { name: /debian/i, source: 'distro-info-data', dates: debian, version: major },
  { name: /fedora/i, source: 'endoflife.date/fedora', dates: fedora, version: major },
  { name: /red ?hat|rocky/i, source: RED_HAT, dates: redHat, version: major },
  { name: /alma/i, source: 'endoflife.date/almalinux', dates: almaLinux, version: major },
  { name: /centos stream/i, source: 'endoflife.date/centos-stream', dates: centOsStream, version: major },
  { name: /centos/i, source: 'endoflife.date/centos', dates: centOs, version: major },
  { name: /opensuse leap/i, source: 'en.opensuse.org/Lifetime', dates: openSuseLeap, version: minor },
  { name: /mac ?os/i, source: 'endoflife.date/macos', dates: macos, version: appleVersion },
];

/** undefined: no calendar knows, so nothing is observed. Bought extensions (ESU, Pro, ELTS) are not visible from here. */
export function supportOf(description: OsDescription): OsSupport | undefined {
  const calendar = calendars.find(({ name }) => name.test(description.distro));
  if (!calendar) return undefined;
  const version = calendar.version(description);
  const ends = Object.hasOwn(calendar.dates, version) ? calendar.dates[version] : undefined;
  return ends ? { ends, source: calendar.source } : undefined;
}
