import { collectSection } from '../../test/collect-section.js';
import { macBook } from '../../test/machines/laptops.js';
import { bareMachine } from '../../test/machines/bare-machine.js';

const REPORTS = '/Library/Logs/DiagnosticReports';
const long_ago = new Date(Date.now() - 8 * 86_400_000);

function macWith(files: Record<string, string>, times: Record<string, Date> = {}) {
  const { listFolder, modifiedAt } = bareMachine({ files, times });
  return macBook({ listFolder, modifiedAt });
}

it('counts the reports of a week: panics, crashes of programs of every user, and programs ended for want of memory', async () => {
  const files = {
    [`${REPORTS}/panic-full-2026-11-20-101010.0002.panic`]: '',
    [`${REPORTS}/panic-full-2026-11-01-101010.0002.panic`]: '',
    [`${REPORTS}/JetsamEvent-2026-11-20-111111.ips`]: '',
    [`${REPORTS}/bluetoothd-2026-11-20-121212.ips`]: '',
    [`${REPORTS}/ExcUserFault_photoanalysisd-2026-11-20-131313.ips`]: '',
    [`${REPORTS}/powerd_2026-11-20.cpu_resource.diag`]: '',
    [`/Users/maria${REPORTS}/Photos-2026-11-21-090909.ips`]: '',
    [`/Users/maria${REPORTS}/Old_2026-11-21-Mac.crash`]: '',
    [`/Users/joao${REPORTS}`]: 'DENIED',
  };
  const times = { [`${REPORTS}/panic-full-2026-11-01-101010.0002.panic`]: long_ago };
  expect(await collectSection('stability', macWith(files, times))).toMatchObject({
    status: 'ok',
    data: { bugchecks_7d: 1, crashes_7d: 3, oom_kills: 1 },
  });
});

it('is denied, and knows no counts, when the reports may not be read', async () => {
  expect(await collectSection('stability', macWith({ [REPORTS]: 'DENIED' }))).toMatchObject({
    status: 'denied',
    error: expect.stringMatching(/^reports: EACCES/),
  });
});
