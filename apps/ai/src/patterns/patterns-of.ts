import { Problem, RecognisePatterns, type PatternTask, type RecognisedPatterns } from '@techze/contracts';
import type { Setting } from '../workers/setting.js';
import { parseRequest } from '../workers/parse-request.js';
import { oneInput } from '../workers/series-input.js';
import { AI_VERSION } from '../workers/version.js';
import { cohortPatterns } from './cohort-patterns.js';
import { eventPatterns } from './event-patterns.js';
import type { Found } from './found.js';
import { logPatterns } from './log-patterns.js';
import { seriesPatterns } from './series-patterns.js';

type Answer = Omit<RecognisedPatterns, 'duration_ms'>;

/** What can be looked for in which input; `cohorts` looks at what is stored, whatever is sent. */
const TASKS = {
  series: ['seasonality', 'changepoints', 'motifs', 'discords'],
  logs: ['log_templates'],
  events: ['sequences'],
} as const satisfies Record<string, readonly PatternTask[]>;

/** The answer of POST /api/v3/ai/pattern-recognition. */
export function patternsOf(body: unknown, setting: Setting): Answer {
  const request = parseRequest(RecognisePatterns, body);
  const found = [...ofInput(request, setting), ...ofCohorts(request, setting)];
  const [first, ...others] = found;
  if (!first) throw new Problem('ambiguous-input');
  const { tasks: _tasks, methods: _methods, quality, warnings: _warnings, ...members } = first;
  return {
    status: 'ok',
    ...members,
    ...others.reduce((all, { cohorts }) => ({ ...all, cohorts }), {}),
    tasks: found.flatMap(({ tasks }) => tasks),
    method: found.flatMap(({ methods }) => methods).join(', ') || 'none',
    version: AI_VERSION,
    quality,
    warnings: found.flatMap(({ warnings }) => warnings),
  };
}

function ofInput(request: RecognisePatterns, setting: Setting): Found[] {
  const { tasks, logs, events } = request;
  const isOfCohortsAlone = tasks?.every((task) => task === 'cohorts') ?? false;
  const hasInput =
    request.series !== undefined || logs !== undefined || events !== undefined || request.metric !== undefined;
  if (isOfCohortsAlone && !hasInput) return [];
  oneInput({ ...request }, ['series', 'logs', 'events']);
  const input = logs ? 'logs' : events ? 'events' : 'series';
  const fitting: readonly PatternTask[] = [...TASKS[input], 'cohorts'];
  const errors = (tasks ?? []).flatMap((task, index) =>
    fitting.includes(task) ? [] : [{ pointer: `/tasks/${index}`, detail: `cannot be done with ${input}` }],
  );
  if (request.m !== undefined && input !== 'series') errors.push({ pointer: '/m', detail: 'goes with a series' });
  if (errors.length > 0) throw new Problem('validation-failed', { errors });
  if (logs) return [logPatterns(logs)];
  if (events) return [eventPatterns(events)];
  return [
    seriesPatterns(
      request,
      tasks?.filter((task) => task !== 'cohorts'),
      setting,
    ),
  ];
}

function ofCohorts({ tasks, device_id }: RecognisePatterns, setting: Setting): Found[] {
  return tasks?.includes('cohorts') ? [cohortPatterns(device_id, setting)] : [];
}
