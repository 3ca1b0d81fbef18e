import { sharedSuite, type Demo } from '@techze/testing';

/** An answer of the API, read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; undefined when it is none. */
  readonly body: any; // eslint-disable-line @typescript-eslint/no-explicit-any -- tests look into answers of every kind
}

export interface Call {
  readonly method?: string;
  readonly token?: string;
  readonly json?: unknown;
  readonly raw?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The HTTP API as its callers see it. */
export class Api {
  constructor(readonly suite: Demo = sharedSuite()) {}

  async call(path: string, { method, token, json, raw, headers }: Call = {}): Promise<Answer> {
    const body = json === undefined ? raw : JSON.stringify(json);
    const response = await fetch(`${this.suite.base_url}${path}`, {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body !== undefined && { body }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: parse(text) };
  }

  user(role: string, tenant = 0) {
    const user =
      role === 'operator' ? this.suite.operator : this.suite.tenants[tenant]?.users.find((each) => each.role === role);
    if (!user) throw new Error(`the suite has no ${role}`);
    return user;
  }

  /** Logs in; each call is a session of its own. */
  async logIn(
    role: string,
    tenant = 0,
  ): Promise<{ access_token: string; refresh_token: string; user: { id: string; tenant_id: string } }> {
    const { email, password } = this.user(role, tenant);
    const answer = await this.call('/api/v1/auth/login', { json: { email, password } });
    if (answer.status !== 200) throw new Error(`log-in answered ${answer.status}: ${answer.text}`);
    return answer.body;
  }

  async tokenOf(role: string, tenant = 0): Promise<string> {
    return (await this.logIn(role, tenant)).access_token;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
