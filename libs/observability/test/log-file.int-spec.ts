import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { projectRoot } from '@techze/local-stack';

const folder = mkdtempSync(join(tmpdir(), 'techze-log-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('LOG_FILE holds everything from DEBUG up while the console keeps to LOG_LEVEL, both as JSON lines', () => {
  const program = `
    import { Logger } from ${JSON.stringify(join(projectRoot(), 'dist/libs/observability/src/index.js'))};
    const logger = Logger.create('gateway', { level: 'info', file: ${JSON.stringify(join(folder, 'app.log'))}, pretty: 'never' });
    logger.debug('detail');
    logger.info('news');
  `;
  const { stdout, status } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  expect(status).toBe(0);
  const messages = (text: string) =>
    text
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { msg: string }).msg);
  expect(messages(stdout)).toEqual(['news']);
  const [file] = readdirSync(folder);
  expect(messages(readFileSync(join(folder, file ?? ''), 'utf8'))).toEqual(['detail', 'news']);
});
