import { fullSize } from '@techze/testing';

/** Cases per property. */
export const PROPERTY_RUNS = fullSize() ? 10_000 : 1_000;
