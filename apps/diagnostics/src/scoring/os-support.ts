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

const MICROSOFT = 'learn.microsoft.com/lifecycle';
const DISTRO_INFO = 'distro-info-data';
const APPLE = 'endoflife.date/macos';
const FEDORA = 'endoflife.date/fedora';

type Dates = Readonly<Record<string, string>>;

/** Build → last day for Home and Pro, and for Enterprise and Education where it differs. */
const windowsClient: Dates = {
  '7601': '2020-01-14',
  '9200': '2016-01-12',
  '9600': '2023-01-10',
  '10240': '2017-05-09',
  '10586': '2017-10-10',
  '14393': '2018-04-10',
  '15063': '2018-10-09',
  '16299': '2019-04-09',
  '17134': '2019-11-12',
  '17763': '2020-11-10',
  '18362': '2020-12-08',
  '18363': '2021-05-11',
  '19041': '2021-12-14',
  '19042': '2022-05-10',
  '19043': '2022-12-13',
  '19044': '2023-06-13',
  '19045': '2025-10-14',
  '22000': '2023-10-10',
  '22621': '2024-10-08',
  '22631': '2025-11-11',
  '26100': '2026-10-13',
  '26200': '2027-10-12',
};
const windowsEnterprise: Dates = {
  ...windowsClient,
  '10586': '2018-04-10',
  '14393': '2019-04-09',
  '15063': '2019-10-08',
  '16299': '2020-10-13',
  '17134': '2021-05-11',
  '17763': '2021-05-11',
  '18363': '2022-05-10',
  '19042': '2023-05-09',
  '19044': '2024-06-11',
  '22000': '2024-10-08',
  '22621': '2025-10-14',
  '22631': '2026-11-10',
  '26100': '2027-10-12',
  '26200': '2028-10-10',
};
const windowsLongTerm: Dates = {
  '14393': '2026-10-13',
  '17763': '2029-01-09',
  '19044': '2027-01-12',
  '26100': '2029-10-09',
};
const windowsServer: Dates = {
  '7601': '2020-01-14',
  '9200': '2023-10-10',
  '9600': '2023-10-10',
  '14393': '2027-01-12',
  '17763': '2029-01-09',
  '20348': '2031-10-14',
  '25398': '2025-10-24',
  '26100': '2034-10-10',
};

/** Free security updates: the end of standard support (Ubuntu), of long-term support (Debian). */
const ubuntu: Dates = {
  '14.04': '2019-04-25',
  '16.04': '2021-04-30',
  '18.04': '2023-05-31',
  '18.10': '2019-07-18',
  '19.04': '2020-01-23',
  '19.10': '2020-07-17',
  '20.04': '2025-05-29',
  '20.10': '2021-07-22',
  '21.04': '2022-01-20',
  '21.10': '2022-07-14',
  '22.04': '2027-06-01',
  '22.10': '2023-07-20',
  '23.04': '2024-01-25',
  '23.10': '2024-07-11',
  '24.04': '2029-05-31',
  '24.10': '2025-07-10',
  '25.04': '2026-01-15',
  '25.10': '2026-07-09',
  '26.04': '2031-05-29',
};
const debian: Dates = {
  '9': '2022-06-30',
  '10': '2024-06-30',
  '11': '2026-08-31',
  '12': '2028-06-30',
  '13': '2030-06-30',
};
const fedora: Dates = {
  '38': '2024-05-21',
  '39': '2024-11-26',
  '40': '2025-05-13',
  '41': '2025-12-15',
  '42': '2026-05-13',
  '43': '2026-12-09',
};

/** Apple announces no dates; these are the days on which the third newer release came out. Newer ones are unknown. */
const macos: Dates = {
  '10.13': '2020-12-01',
  '10.14': '2021-10-25',
  '10.15': '2022-09-12',
  '11': '2023-09-26',
  '12': '2024-09-16',
  '13': '2025-09-15',
};

/** undefined: this table does not know, so nothing is observed. Bought extensions (ESU, Pro, ELTS) are not visible from here. */
export function supportOf({ distro, release, build }: OsDescription): OsSupport | undefined {
  if (/windows/i.test(distro)) return found(windowsDates(distro), build, MICROSOFT);
  const major = /^\d+/.exec(release)?.[0] ?? '';
  const minor = /^\d+\.\d+/.exec(release)?.[0] ?? '';
  if (/ubuntu/i.test(distro)) return found(ubuntu, minor, DISTRO_INFO);
  if (/debian/i.test(distro)) return found(debian, major, DISTRO_INFO);
  if (/fedora/i.test(distro)) return found(fedora, major, FEDORA);
  if (/mac ?os/i.test(distro)) return found(macos, major === '10' ? minor : major, APPLE);
  return undefined;
}

function windowsDates(distro: string): Dates {
  if (/server/i.test(distro)) return windowsServer;
  if (/ltsc|ltsb/i.test(distro)) return windowsLongTerm;
  return /enterprise|education/i.test(distro) && !/pro education/i.test(distro) ? windowsEnterprise : windowsClient;
}

function found(dates: Dates, version: string, source: string): OsSupport | undefined {
  const ends = Object.hasOwn(dates, version) ? dates[version] : undefined;
  return ends ? { ends, source } : undefined;
}
