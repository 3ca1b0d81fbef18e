/** What tells of people and not of the machine: collected only where somebody asked for it by name. */
export const privacyClasses = ['users', 'process-args', 'connections', 'ssids'] as const;
export type PrivacyClass = (typeof privacyClasses)[number];
