/** Cases per property. Ten times as many have been run by hand; raise it to hunt. */
export const PROPERTY_RUNS = 1_000;
