/** One stored series of a device. */
export interface WantedSeries {
  readonly what: 'series';
  readonly device_id: string;
  readonly metric: string;
  /** Undefined: the only one there is. */
  readonly instance?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Another series of the same device and instance that goes with it. */
  readonly beside?: string | undefined;
}

/** All SMART series of one disk, and what disk it is. */
export interface WantedDisk {
  readonly what: 'disk';
  readonly device_id: string;
  readonly instance?: string | undefined;
}

/** The open findings of the tenant's devices. */
export interface WantedFindings {
  readonly what: 'findings';
  /** This device must be there. */
  readonly device_id?: string | undefined;
}

/** What a request names instead of sending it. */
export type Wanted = WantedSeries | WantedDisk | WantedFindings;

/** Numbers as they came from the database: eight bytes each, the most significant first. */
export type StoredColumn = Uint8Array;

export interface StoredSeries {
  readonly instance: string;
  readonly at: StoredColumn;
  readonly values: StoredColumn;
}

export interface StoredDisk {
  readonly instance: string;
  /** As the device's inventory names it. */
  readonly model: string | null;
  readonly attributes: readonly { readonly id: number; readonly at: StoredColumn; readonly values: StoredColumn }[];
}

export interface StoredFindings {
  /** `StoredDevice[]` as JSON that the database wrote: thousands of objects would hold up the event loop that hands them on. */
  readonly devices: string;
}

export interface StoredDevice {
  readonly id: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly findings: readonly string[];
}

export type StoredInput =
  | ({ readonly what: 'series'; readonly beside?: StoredSeries | undefined } & StoredSeries)
  | ({ readonly what: 'disk' } & StoredDisk)
  | ({ readonly what: 'findings' } & StoredFindings);

/** As the models take them. */
export function numbersOf(column: StoredColumn): Float64Array {
  const view = new DataView(column.buffer, column.byteOffset, column.byteLength);
  const numbers = new Float64Array(column.byteLength / Float64Array.BYTES_PER_ELEMENT);
  for (let index = 0; index < numbers.length; index += 1)
    numbers[index] = view.getFloat64(index * Float64Array.BYTES_PER_ELEMENT);
  return numbers;
}
