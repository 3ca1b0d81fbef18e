import { diagnosticExample } from './diagnostic.example.js';

/** The disk of the laptop was replaced. */
export const diagnosticDiffExample = {
  score: { from: 49, to: 100, delta: 51 },
  coverage: { from: 0.6, to: 0.6, delta: 0 },
  categories: [{ name: 'storage', from: 21.93, to: 100, delta: 78.07 }],
  findings: { opened: [], resolved: diagnosticExample.findings, changed: [], unobserved: [] },
};
