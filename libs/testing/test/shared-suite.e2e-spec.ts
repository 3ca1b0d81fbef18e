import { sharedSuite } from '@techze/testing';

test('the shared suite answers, and its description is that of npm start', async () => {
  const suite = sharedSuite();
  expect((await fetch(`${suite.base_url}/ready`)).status).toBe(200);
  expect(suite.tenants.map(({ users }) => users.map(({ role }) => role).sort())).toEqual([
    ['admin', 'manager', 'technician', 'viewer'],
    ['admin', 'manager', 'technician', 'viewer'],
  ]);
  expect(Object.keys(suite.services).sort()).toEqual(['ai', 'analytics', 'automation', 'diagnostics', 'gateway']);
  for (const instances of Object.values(suite.services)) {
    for (const { port } of instances) expect((await fetch(`http://127.0.0.1:${port}/ready`)).status).toBe(200);
  }
});
