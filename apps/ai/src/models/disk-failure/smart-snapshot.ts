/** What a disk said of itself at one moment. Attributes are raw values by their number, and by their name for NVMe. */
export interface SmartSnapshot {
  /** Milliseconds since 1970; used as the clock only where power-on hours are not given. */
  readonly at?: number | null;
  /** Power-on hours. */
  readonly hours?: number | null;
  readonly model?: string | null;
  readonly attributes: Readonly<Record<string, number | null | undefined>>;
}
