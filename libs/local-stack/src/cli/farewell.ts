import type { Demo } from '../state/demo-file.js';

/** Where to go, once the suite is ready. */
export function whereToGo(demo: Demo): string {
  const logins = demo.tenants.map(({ name, users }) => {
    const lines = users.map(({ email, password, role }) => `    ${role.padEnd(11)} ${email.padEnd(36)} ${password}`);
    return [`  ${name}`, ...lines].join('\n');
  });
  return [
    '',
    `  API        ${demo.base_url}/api/v1`,
    `  API docs   ${demo.base_url}/api/docs`,
    `  Health     ${demo.base_url}/health`,
    '',
    ...logins,
    `  Operator\n    ${'operator'.padEnd(11)} ${demo.operator.email.padEnd(36)} ${demo.operator.password}`,
    '',
    `  Everything of this start: .techze/demo.json, logs in .techze/logs${demo.mail_dir === null ? '' : ', mails in .techze/mail'}.`,
    '  Stop: Ctrl-C, or npm run stop.',
    '',
  ].join('\n');
}
