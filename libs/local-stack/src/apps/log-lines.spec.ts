import { errorsIn, readable } from './log-lines.js';

test('errors are found among other lines and told with their cause', () => {
  const log = [
    '{"level":"info","msg":"listening"}',
    '{"level":"error","msg":"relay failed","err":{"message":"socket closed"}}',
    '{"level":"fatal","msg":"out of memory"}',
    '{"level":"error","msg":"Service unavailable","err":"no live replica"}',
    'plain words about an error',
    '{"level":"error","msg":"cut off',
  ].join('\n');
  expect(errorsIn(log)).toEqual([
    'relay failed: socket closed',
    'out of memory',
    'Service unavailable: no live replica',
  ]);
});

test('the end of a log is shown in words, lines that are not JSON as they are', () => {
  expect(readable('{"level":"error","msg":"no","err":{"stack":"Error: no\\n  at x"}}\nSegmentation fault')).toBe(
    'error no Error: no\n  at x\nSegmentation fault',
  );
});
