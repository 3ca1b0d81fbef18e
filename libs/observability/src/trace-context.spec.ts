import { continueTrace, formatTraceparent } from './trace-context.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = `00-${TRACE}-00f067aa0ba902b7-01`;

describe('a trace', () => {
  it('goes on under the caller’s id, with a span of its own', () => {
    const trace = continueTrace(PARENT, 'vendor=1');
    expect(trace).toMatchObject({ traceId: TRACE, sampled: true, tracestate: 'vendor=1' });
    expect(trace.spanId).toMatch(/^(?!00f067aa0ba902b7)[0-9a-f]{16}$/);
    expect(formatTraceparent(trace)).toBe(`00-${TRACE}-${trace.spanId}-01`);
  });

  it('keeps to the caller’s decision not to sample', () => {
    expect(continueTrace(`00-${TRACE}-00f067aa0ba902b7-00`).sampled).toBe(false);
  });

  it.each([
    undefined,
    '',
    'rubbish',
    `ff-${TRACE}-00f067aa0ba902b7-01`,
    `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `${PARENT}-extra`,
    PARENT.toUpperCase(),
  ])('begins anew where the header is absent or invalid: %p', (header) => {
    const trace = continueTrace(header, 'vendor=1');
    expect(trace.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(trace.traceId).not.toBe(TRACE);
    expect(trace).not.toHaveProperty('tracestate');
  });

  it('takes a later version’s header for what it knows of it', () => {
    expect(continueTrace(`01-${TRACE}-00f067aa0ba902b7-01-future`).traceId).toBe(TRACE);
  });
});
