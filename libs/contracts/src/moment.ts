import { z } from 'zod';

/** A moment that every part of the suite can hold: RFC 3339, from 1970 to the end of 9999. */
export const moment = z.iso.datetime({ offset: true, abort: true }).refine((text) => {
  const time = new Date(text).getTime();
  return time >= 0 && time < Date.UTC(10_000, 0);
}, 'must lie between 1970 and 9999');
