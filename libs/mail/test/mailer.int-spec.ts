import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { Mailer, type Mail } from '../src/index.js';

const mail: Mail = {
  id: 'ott_1',
  to: 'ana@balcao.example',
  subject: 'Convite · Invitation',
  text: 'Olá, Ana.\nhttps://app.x.example/accept-invitation#token=abc',
};
const mailer = (url: string) =>
  new Mailer({ outgoing: { url, from: 'techze@x.example', appUrl: 'https://app.x.example/' } });

interface Taken {
  readonly from: string;
  readonly to: string[];
  readonly source: string;
}

/** A real SMTP server; what it took. */
async function smtpServer(options: SMTPServerOptions = {}) {
  const taken: Taken[] = [];
  const server = new SMTPServer({
    authOptional: true,
    hideSTARTTLS: true,
    logger: false,
    closeTimeout: 100,
    ...options,
    onData: (stream, session, done) => {
      let source = '';
      stream.on('data', (chunk: Buffer) => (source += chunk.toString()));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        taken.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          source,
        });
        done();
      });
    },
  });
  server.on('error', () => undefined); // a client that hangs up is what some tests are about
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  return { taken, port, stop: () => new Promise<void>((resolve) => server.close(resolve)) };
}

describe('by SMTP', () => {
  it('a mail arrives once, whole, from us, with a Message-ID that stays the same when it is sent again', async () => {
    const server = await smtpServer();
    const sender = mailer(`smtp://127.0.0.1:${server.port}`);
    await sender.send(mail);
    await sender.send(mail);
    await server.stop();
    expect(server.taken).toHaveLength(2);
    for (const { from, to, source } of server.taken) {
      expect({ from, to }).toEqual({ from: 'techze@x.example', to: ['ana@balcao.example'] });
      expect(source).toMatch(/^Message-ID: <ott_1@x\.example>\r$/m);
      expect(source).toMatch(/^Auto-Submitted: auto-generated\r$/m);
      expect(source).toContain('accept-invitation#token');
    }
  });

  it('a reader, a subject and a text that hold lines of their own add no header and no reader', async () => {
    const server = await smtpServer();
    await mailer(`smtp://127.0.0.1:${server.port}`)
      .send({
        ...mail,
        to: 'ana@balcao.example',
        subject: 'Hello\r\nBcc: evil@x.example\r\n\r\nbody',
        text: '.\r\nRCPT TO:<evil@x.example>\r\nQUIT\r\n',
      })
      .catch(() => undefined);
    for (const to of ['ana@balcao.example\r\nBcc: evil@x.example', 'ana@balcao.example, evil@x.example'])
      await mailer(`smtp://127.0.0.1:${server.port}`)
        .send({ ...mail, to })
        .catch(() => undefined);
    await server.stop();
    expect(server.taken.length).toBeGreaterThan(0);
    for (const { to, source } of server.taken) {
      expect(to).toHaveLength(1);
      expect(source.split('\r\n\r\n')[0]).not.toMatch(/^Bcc:/im);
    }
    expect(server.taken.flatMap(({ to }) => to)).not.toContain('evil@x.example');
  });

  it('logs in with what the URL holds', async () => {
    const seen: string[] = [];
    const server = await smtpServer({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: ({ username, password }, _session, done) => {
        seen.push(`${username} ${password}`);
        done(null, { user: 'us' });
      },
    });
    await mailer(`smtp://us:a%2Fb@127.0.0.1:${server.port}`).send(mail);
    await server.stop();
    expect(seen).toEqual(['us a/b']);
    expect(server.taken).toHaveLength(1);
  });

  it.each([
    ['STARTTLS', 'smtp', { hideSTARTTLS: false }],
    ['TLS', 'smtps', { secure: true }],
  ])('a server whose certificate nobody vouches for is given nothing: %s', async (_case, scheme, options) => {
    const server = await smtpServer(options);
    await expect(mailer(`${scheme}://us:secret@127.0.0.1:${server.port}`).send(mail)).rejects.toThrow(/certificate/);
    await server.stop();
    expect(server.taken).toEqual([]);
  });

  it('a server that refuses, and one that is not there, are told of', async () => {
    const server = await smtpServer({ onRcptTo: (_to, _session, done) => done(new Error('no such reader')) });
    await expect(mailer(`smtp://127.0.0.1:${server.port}`).send(mail)).rejects.toThrow(/no such reader/);
    await server.stop();
    await expect(mailer(`smtp://127.0.0.1:${server.port}`).send(mail)).rejects.toThrow(/ECONNREFUSED/);
  });

  it('a server that never says a word is left after five seconds', async () => {
    const silent: Server = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const since = performance.now();
    await expect(mailer(`smtp://127.0.0.1:${(silent.address() as AddressInfo).port}`).send(mail)).rejects.toThrow();
    expect(performance.now() - since).toBeLessThan(8_000);
    await new Promise((resolve) => silent.close(resolve));
  });
});

describe('as files', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'techze-mail-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('a mail is one file for its owner alone; sent again it replaces itself', async () => {
    const drop = join(folder, 'new', 'mail');
    const sender = mailer(pathToFileURL(drop).href);
    await sender.send(mail);
    await sender.send(mail);
    expect(await readdir(drop)).toEqual(['ott_1.eml']);
    expect((await stat(join(drop, 'ott_1.eml'))).mode & 0o777).toBe(0o600);
    expect((await stat(drop)).mode & 0o777).toBe(0o700);
    expect(await readFile(join(drop, 'ott_1.eml'), 'utf8')).toContain('accept-invitation#token');
  });

  it('a folder that cannot be written to is told of', async () => {
    await expect(mailer('file:/dev/null/mail').send(mail)).rejects.toThrow(/ENOTDIR/);
  });
});

test('without a way out nothing is sent, and nobody is told that it was', async () => {
  await expect(new Mailer({ outgoing: null }).send(mail)).rejects.toThrow('no mail is configured');
});
