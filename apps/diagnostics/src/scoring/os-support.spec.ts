import { supportOf } from './os-support.js';

it.each([
  ['Microsoft Windows 10 Pro', '10.0.19045', '19045', '2025-10-14'],
  ['Microsoft Windows 10 Enterprise LTSC 2021', '10.0.19044', '19044', '2027-01-12'],
  ['Microsoft Windows 11 Home', '10.0.26100', '26100', '2026-10-13'],
  ['Microsoft Windows 11 Enterprise', '10.0.26100', '26100', '2027-10-12'],
  ['Microsoft Windows 11 Pro Education', '10.0.26100', '26100', '2026-10-13'],
  ['Microsoft Windows Server 2025 Standard', '10.0.26100', '26100', '2034-10-10'],
  ['Microsoft Windows 7 Professional', '6.1.7601', '7601', '2020-01-14'],
  ['Ubuntu', '22.04.5 LTS', '', '2027-06-01'],
  ['Debian GNU/Linux', '12', '', '2028-06-30'],
  ['Fedora Linux', '41 (Workstation Edition)', '', '2025-12-15'],
  ['Red Hat Enterprise Linux', '9.4 (Plow)', '', '2032-05-31'],
  ['Rocky Linux', '8.10 (Green Obsidian)', '', '2029-05-31'],
  ['AlmaLinux', '8.10', '', '2029-03-01'],
  ['CentOS Linux', '7 (Core)', '', '2024-06-30'],
  ['CentOS Stream', '9', '', '2027-05-31'],
  ['Linux Mint', '21.3 (Virginia)', '', '2027-04-30'],
  ['openSUSE Leap', '15.6', '', '2026-04-30'],
  ['macOS', '12.7.6', '', '2024-09-16'],
  ['Mac OS X', '10.15.7', '', '2022-09-12'],
])('%s %s (build %s) is supported until %s', (distro, release, build, ends) => {
  expect(supportOf({ distro, release, build })?.ends).toBe(ends);
});

it.each([
  ['Arch Linux', 'rolling', ''],
  ['Microsoft Windows 12 Pro', '10.0.99999', '99999'],
  ['macOS', '26.1', ''],
  ['Ubuntu', 'constructor', ''],
  ['Windows', '', '__proto__'],
])('knows nothing of %s %s %s', (distro, release, build) => {
  expect(supportOf({ distro, release, build })).toBeUndefined();
});
