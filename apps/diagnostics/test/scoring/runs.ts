/** Cases per property in every run of the tests. Raise it to hunt. */
export const PROPERTY_RUNS = 10_000;
