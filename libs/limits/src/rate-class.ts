import type { Rate } from './rate.js';

/** The classes of the documentation: every route belongs to one, and all routes of a class count together. */
export const rateClasses = ['default', 'auth', 'api_heavy', 'diagnostics'] as const;
export type RateClass = (typeof rateClasses)[number];

export type ClassRates = Readonly<Record<RateClass, Rate>>;
