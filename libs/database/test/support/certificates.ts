import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
const LIFE = ['-days', '2'];

/** A certificate and its key, by the files that hold them. */
export interface Certificate {
  readonly certFile: string;
  readonly keyFile: string;
}

export interface Authority {
  readonly certFile: string;
  /** @param subject what the certificate vouches for: `DNS:localhost`, `IP:127.0.0.1` */
  issue(subject: string): Promise<Certificate>;
}

/** A certificate authority of a test's own; all of it lies in `folder`. Needs the program openssl. */
export async function makeAuthority(folder: string): Promise<Authority> {
  const own = filesOf(folder);
  await openssl('req', '-x509', ...NEW_KEY, ...LIFE, '-subj', '/CN=an authority', ...outputs(own));
  return {
    certFile: own.certFile,
    issue: async (subject) => {
      const issued = filesOf(folder);
      const [request, extensions] = [`${issued.certFile}.request`, `${issued.certFile}.extensions`];
      await writeFile(extensions, `subjectAltName=${subject}\n`);
      await openssl('req', ...NEW_KEY, '-subj', '/CN=a server', ...outputs({ ...issued, certFile: request }));
      const signer = ['-CA', own.certFile, '-CAkey', own.keyFile, '-set_serial', String(Date.now())];
      await openssl(
        'x509',
        '-req',
        '-in',
        request,
        ...signer,
        ...LIFE,
        '-extfile',
        extensions,
        '-out',
        issued.certFile,
      );
      return issued;
    },
  };
}

function filesOf(folder: string): Certificate {
  const name = join(folder, randomBytes(4).toString('hex'));
  return { certFile: `${name}.crt`, keyFile: `${name}.key` };
}

function outputs({ certFile, keyFile }: Certificate): string[] {
  return ['-out', certFile, '-keyout', keyFile];
}

async function openssl(...options: string[]): Promise<void> {
  await promisify(execFile)('openssl', options);
}
