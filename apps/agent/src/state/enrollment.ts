import { z } from 'zod';
import { exitCodes, Failure } from '../failure.js';
import { parseJson } from './parse-json.js';
import type { StateFolder } from './state-folder.js';

const FILE = 'enrollment.json';

/** What the service gave this machine. The credential opens nothing but this device. */
export const Enrollment = z.object({
  server: z.url(),
  device_id: z.string().regex(/^dev_[0-9a-f]{32}$/),
  credential: z.string().regex(/^tzd_[A-Za-z0-9_-]{43}$/),
  credential_id: z.string(),
  enrolled_at: z.iso.datetime(),
});
export type Enrollment = z.infer<typeof Enrollment>;

/** @throws Failure (exit 9) when the file is damaged */
export function readEnrollment(folder: StateFolder): Enrollment | undefined {
  const text = folder.read(FILE);
  if (text === undefined) return undefined;
  const enrollment = parseJson(text, Enrollment);
  if (enrollment !== undefined) return enrollment;
  throw new Failure(exitCodes.state, `${folder.file(FILE)} is damaged.`, ['Enroll again with --force.']);
}

export function writeEnrollment(folder: StateFolder, enrollment: Enrollment): void {
  folder.write(FILE, enrollment);
}
