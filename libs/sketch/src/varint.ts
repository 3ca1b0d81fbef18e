/** Numbers of any size in as few bytes as they need: seven bits each, the last without the eighth. */
export function writeVarint(bytes: number[], value: number): void {
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  bytes.push(rest);
}

/** @throws Error when the bytes end before the number does, or it is greater than any that was written */
export function readVarint(reader: { readonly bytes: Uint8Array; at: number }): number {
  let value = 0;
  for (let scale = 1; ; scale *= 0x80) {
    const byte = reader.bytes[reader.at];
    if (byte === undefined) throw new Error('the bytes end within a number');
    reader.at += 1;
    value += (byte & 0x7f) * scale;
    if (!Number.isSafeInteger(value)) throw new Error('a number beyond all counting');
    if (byte < 0x80) return value;
  }
}

/** Small numbers of either sign as small numbers. */
export function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}

export function unzigzag(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}
