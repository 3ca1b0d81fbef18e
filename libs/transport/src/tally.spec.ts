import { register } from 'prom-client';
import { Tally } from './tally.js';

test('a tally shows in the metrics as the counter that it is, however often it is read', async () => {
  const tally = new Tally<'kind'>({ name: 'test_tally_total', help: 'A test.', labelNames: ['kind'] });
  const add = (kind: string) => tally.add(kind, () => ({ kind }));
  add('a');
  add('a');
  add('b');
  await register.getSingleMetricAsString('test_tally_total');
  add('a');
  const text = await register.getSingleMetricAsString('test_tally_total');
  expect(text).toContain('test_tally_total{kind="a"} 3');
  expect(text).toContain('test_tally_total{kind="b"} 1');
});
