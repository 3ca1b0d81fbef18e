import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTransport, type SendMailOptions } from 'nodemailer';

/** What would have gone out, as `<id>.eml` for its owner's eyes: it holds a token. A mail sent again replaces itself. */
export async function layDown(folderUrl: string, id: string, message: SendMailOptions): Promise<void> {
  const folder = fileURLToPath(folderUrl);
  const composed = await createTransport({ streamTransport: true, buffer: true }).sendMail(message);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, `${id}.eml`);
  const unfinished = `${file}.${process.pid}`;
  await writeFile(unfinished, composed.message as Buffer, { mode: 0o600 });
  await rename(unfinished, file);
}
