import { FAULTS_MAX, InputRefused } from '../models/series/index.js';
import { templatesOf } from '../models/log-templates/index.js';
import { refuseTooMany } from '../workers/parse-request.js';
import type { Found } from './found.js';
import { insufficient } from '../workers/series-input.js';
import { countedQuality } from './counted-quality.js';

/** The templates of a log's lines. */
export function logPatterns(given: readonly unknown[]): Found {
  refuseTooMany(given.length);
  const quality = countedQuality(given.length);
  if (given.length === 0) insufficient(false, quality, 1, 0);
  const lines = readLines(given);
  const { templates, assignments } = templatesOf(lines);
  return {
    templates,
    assignments: Array.from(assignments, (index) => templates[index]?.id ?? ''),
    tasks: ['log_templates'],
    methods: ['log-templates'],
    quality,
    warnings: [],
  };
}

function readLines(given: readonly unknown[]): string[] {
  const lines = given.filter((line) => typeof line === 'string');
  if (lines.length === given.length) return lines;
  const faults = given.flatMap((line, index) =>
    typeof line === 'string' ? [] : [{ pointer: `/logs/${index}`, detail: 'is not a line of text' }],
  );
  throw new InputRefused('validation-failed', faults.slice(0, FAULTS_MAX));
}
