import { ChangeTenant, CreateTenant } from './tenant.js';

const admin = { email: 'ana@oficina.example', name: 'Ana' };

test.each(['\n', '\r', '\t', '\u0085', '\u2028', '\u2029'])('a tenant’s name is one line: %j is none', (character) => {
  const name = `Oficina${character}Norte`;
  expect(CreateTenant.safeParse({ name, admin }).error?.issues).toMatchObject([{ path: ['name'] }]);
  expect(ChangeTenant.safeParse({ name }).error?.issues).toMatchObject([{ path: ['name'] }]);
  expect(ChangeTenant.safeParse({ name: 'Oficina Norte' }).success).toBe(true);
});
