import { claimsOf } from './identity.js';

const sub = '018f0000-0000-7000-8000-000000000001';

test('claims are what the policies read, and no more', () => {
  expect(claimsOf({ kind: 'user', tenant_id: 't', sub, sid: 's', role: 'manager' })).toEqual({
    tenant_id: 't',
    sub,
    role: 'manager',
  });
  expect(claimsOf({ kind: 'agent', tenant_id: 't', device_id: 'd', role: 'agent' })).toEqual({
    tenant_id: 't',
    device_id: 'd',
    role: 'agent',
  });
  expect(
    claimsOf({ kind: 'api_key', tenant_id: 't', key_id: 'key_1', role: 'viewer', scopes: ['devices:read'] }),
  ).toEqual({ tenant_id: 't', role: 'viewer' });
  expect(claimsOf({ kind: 'worker', tenant_id: 't', service: 'ai', role: 'worker' })).toEqual({
    tenant_id: 't',
    role: 'worker',
  });
});

test('without a principal there are none', () => {
  expect(claimsOf(undefined)).toBeNull();
});
