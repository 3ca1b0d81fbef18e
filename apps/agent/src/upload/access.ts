import { createHash } from 'node:crypto';
import { exitCodes, Failure } from '../failure.js';
import type { Enrollment } from '../state/enrollment.js';
import { ApiClient, type ApiOptions } from './api-client.js';
import type { Credentials } from './credentials.js';
import { type Bearer, DiagnosticsApi } from './diagnostics-api.js';

/** A way into one server: where, as whom. */
export class Access {
  readonly api: DiagnosticsApi;
  private bearer: Promise<Bearer> | undefined;

  private constructor(
    readonly server: URL,
    /** Who speaks. Kept with a spooled diagnostic, so that no other tenant ever gets it. */
    readonly sender: string,
    private readonly authenticate: (api: DiagnosticsApi, once: boolean) => Promise<Bearer>,
    options: ApiOptions,
  ) {
    this.api = new DiagnosticsApi(new ApiClient(server, options));
  }

  static ofDevice({ server, device_id: deviceId, credential }: Enrollment, options: ApiOptions): Access {
    const bearer: Bearer = { token: credential, kind: 'device' };
    return new Access(new URL(server), deviceId, () => Promise.resolve(bearer), options);
  }

  static ofAccount(server: URL, credentials: Credentials, options: ApiOptions): Access {
    const authenticate = async (api: DiagnosticsApi, once: boolean): Promise<Bearer> => ({
      token: await api.logIn(credentials, once),
      kind: 'account',
    });
    return new Access(server, senderOf(credentials), authenticate, options);
  }

  /** Logs in at the first call; `once` without patience. */
  logIn({ once = false } = {}): Promise<Bearer> {
    return (this.bearer ??= this.authenticate(this.api, once).catch((error: unknown) => {
      this.bearer = undefined;
      throw error;
    }));
  }

  /** Of a device the id alone tells: it is the same service, though it may have another address by now. */
  serves({ server, sender }: { server: string; sender: string }): boolean {
    return this.sender === sender && (this.server.href === server || isDevice(sender));
  }
}

export const isDevice = (sender: string) => sender.startsWith('dev_');

/** Tells accounts apart without keeping a secret: an access token changes with every log-in, its subject does not. */
function senderOf(credentials: Credentials): string {
  if ('email' in credentials) return credentials.email.toLowerCase();
  return subjectOf(credentials.token) ?? `token ${createHash('sha256').update(credentials.token).digest('hex')}`;
}

function subjectOf(token: string): string | undefined {
  try {
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as unknown;
    const subject = typeof claims === 'object' && claims !== null && 'sub' in claims ? claims.sub : undefined;
    return typeof subject === 'string' && /^[\x21-\x7e]{1,100}$/.test(subject) ? `user ${subject}` : undefined;
  } catch {
    return undefined;
  }
}

/** @throws Failure (exit 2) that says how to get in */
export function noAccess(): Failure {
  return new Failure(exitCodes.usage, 'This machine is not enrolled, and there are no credentials to log in with.', [
    'Enroll it: techze-agent enroll --server URL.',
    'Or set TECHZE_TOKEN, or TECHZE_EMAIL and TECHZE_PASSWORD (or the same names with _FILE and a path).',
  ]);
}
