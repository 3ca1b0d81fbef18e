import { MAX_FRAME_BYTES, MAX_FRAME_REQUESTS } from './envelope.js';

/**
 * How many requests a frame takes: enough to save round trips, few enough that every live replica gets its share.
 * @param queued requests that wait to be sent
 */
export function frameCap(queued: number, liveReplicas: number): number {
  return Math.max(1, Math.min(MAX_FRAME_REQUESTS, Math.ceil(queued / Math.max(1, liveReplicas))));
}

/** Cuts queued requests into frames: at most `cap` each and at most 1 MiB, except that a larger request travels alone. */
export function cutFrames<Request extends { readonly wire: string }>(
  queued: readonly Request[],
  cap: number,
): Request[][] {
  const frames: Request[][] = [];
  let frame: Request[] = [];
  let bytes = 0;
  for (const request of queued) {
    const size = utf8Bound(request.wire);
    if (frame.length > 0 && (frame.length >= cap || bytes + size > MAX_FRAME_BYTES)) {
      frames.push(frame);
      frame = [];
      bytes = 0;
    }
    frame.push(request);
    bytes += size;
  }
  if (frame.length > 0) frames.push(frame);
  return frames;
}

/** Bytes of a text; for short ones an upper bound, which costs nothing. */
function utf8Bound(text: string): number {
  return text.length * 3 * MAX_FRAME_REQUESTS < MAX_FRAME_BYTES ? text.length * 3 : Buffer.byteLength(text);
}
