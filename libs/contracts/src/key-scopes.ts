/**
 * The areas of the API that an API key can be let into; a route's area is its tag. What is not here is closed to keys, whatever
 * their role: whatever decides who may come in (auth, users, api-keys, enrollment, tenants), and what watches over that
 * (audit, pool). A new area is closed until it is written here.
 */
export const keyAreas = [
  'customers',
  'sites',
  'devices',
  'diagnostics',
  'findings',
  'thresholds',
  'maintenance-windows',
  'events',
  'ai',
] as const;
export type KeyArea = (typeof keyAreas)[number];

/** `read` opens what changes nothing, `write` the rest of the area; neither includes the other. */
export type KeyScope = `${KeyArea}:${'read' | 'write'}`;

export const keyScopes = keyAreas.flatMap((area) => [`${area}:read`, `${area}:write`] as const) as [
  KeyScope,
  ...KeyScope[],
];
