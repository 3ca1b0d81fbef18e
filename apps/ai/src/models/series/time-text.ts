/** Date, then time of day, fraction and zone as far as they are there: ISO 8601, as agents, databases and data sets write it. */
const FORM =
  /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?:([Zz])|([+-])(\d\d):?(\d\d))?)?$/;

const MINUTE_MS = 60_000;

/**
 * Milliseconds since 1970, NaN for what is no moment. Without a zone it is UTC: `Date.parse` would take the zone of the
 * machine that happens to answer, and make the 30th of February the 2nd of March.
 */
export function parseTime(text: string): number {
  const parts = FORM.exec(text);
  if (!parts) return Number.NaN;
  const [, year, month, day, hour = 0, minute = 0, second = 0, fraction, , sign, zoneHours, zoneMinutes] = parts;
  const [h, m, s] = [Number(hour), Number(minute), Number(second)];
  if (h > 23 || m > 59 || s > 59) return Number.NaN;
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  // A day or a month that there is not has become another one.
  if (date.getUTCDate() !== Number(day) || date.getUTCMonth() !== Number(month) - 1) return Number.NaN;
  const fractionMs = fraction === undefined ? 0 : Math.trunc(Number(`0.${fraction}`) * 1000);
  const offset =
    sign === undefined ? 0 : (sign === '-' ? -1 : 1) * (Number(zoneHours) * 60 + Number(zoneMinutes)) * MINUTE_MS;
  return date.getTime() + ((h * 60 + m) * 60 + s) * 1000 + fractionMs - offset;
}
