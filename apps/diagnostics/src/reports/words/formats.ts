import type { Evidence, ReportLanguage } from '@techze/contracts';
import type { Span } from '../view/report-view.js';
import type { NounUnit, StateName, Texts } from './texts.js';

const signUnits: Readonly<Record<string, string>> = { '°C': 'celsius', ms: 'millisecond', h: 'hour', days: 'day' };

/** Nobody reads 3456000 s. */
const lengths = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

/** Numbers, dates and values as one language writes them, all by Intl. */
export class Formats {
  private readonly plain: Intl.NumberFormat;
  private readonly signed: Intl.NumberFormat;
  private readonly hundredths: Intl.NumberFormat;
  private readonly tenths: Intl.NumberFormat;
  private readonly days: Intl.DateTimeFormat;
  private readonly minutes: Intl.DateTimeFormat;
  private readonly ofUnit = new Map<string, Intl.NumberFormat>();

  constructor(
    private readonly language: ReportLanguage,
    private readonly texts: Texts,
    timeZone: string,
  ) {
    this.plain = new Intl.NumberFormat(language, { maximumFractionDigits: 2 });
    this.signed = new Intl.NumberFormat(language, { maximumFractionDigits: 2, signDisplay: 'exceptZero' });
    this.hundredths = new Intl.NumberFormat(language, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
    this.tenths = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
    this.days = new Intl.DateTimeFormat(language, { timeZone, day: '2-digit', month: 'short', year: 'numeric' });
    this.minutes = new Intl.DateTimeFormat(language, {
      timeZone,
      day: '2-digit',
      month: 'short',
      year: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      timeZoneName: 'short',
    });
  }

  number(value: number): string {
    return this.plain.format(value);
  }

  /** With its sign, as differences are written. */
  change(value: number): string {
    return this.signed.format(value).replace('-', '−');
  }

  /** What was lost, in a column of its like. */
  lost(points: number): string {
    return `−${this.hundredths.format(points)}`;
  }

  /** With the space of the SI, as the titles of findings have it. @param share 0 to 1 */
  percent(share: number): string {
    return `${this.tenths.format(share * 100)}\u00a0%`;
  }

  date(at: Date): string {
    return this.days.format(at);
  }

  dateTime(at: Date): string {
    return this.minutes.format(at);
  }

  counted(count: number, [one, many]: readonly [string, string]): string {
    return `${this.number(count)} ${count === 1 ? one : many}`;
  }

  /** What was measured or what limits it, with its unit; states in words. */
  value(value: Evidence['value'], unit: string): string {
    if (typeof value === 'boolean') return value ? this.texts.states.yes : this.texts.states.no;
    if (typeof value === 'string')
      return Object.hasOwn(this.texts.states, value) ? this.texts.states[value as StateName] : value;
    if (unit === '%') return this.percent(value / 100);
    if (unit === 's') return this.duration(value);
    if (unit === 'of 10') return this.texts.outOf10(this.number(value));
    if (Object.hasOwn(signUnits, unit)) return this.unit(signUnits[unit] ?? '').format(value);
    if (Object.hasOwn(this.texts.units, unit)) return this.counted(value, this.texts.units[unit as NounUnit]);
    return `${this.number(value)} ${unit}`.trim();
  }

  span({ length, unit }: Span): string {
    return this.unit(unit).format(length);
  }

  private duration(seconds: number): string {
    const [unit, length] = lengths.find(([, each]) => Math.abs(seconds) >= 2 * each) ?? (['second', 1] as const);
    return this.unit(unit).format(seconds / length);
  }

  private unit(unit: string): Intl.NumberFormat {
    const known = this.ofUnit.get(unit);
    if (known) return known;
    const style = unit === 'day' || unit === 'hour' ? 'long' : 'short';
    const made = new Intl.NumberFormat(this.language, {
      style: 'unit',
      unit,
      unitDisplay: style,
      maximumFractionDigits: 1,
    });
    this.ofUnit.set(unit, made);
    return made;
  }
}
