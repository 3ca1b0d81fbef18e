import { ProblemDocument } from '@techze/contracts';
import type { HttpAnswer } from './http-exchange.js';

/** What a request was sent with: what to do about a refusal depends on it. */
export type CredentialKind = 'account' | 'device' | 'enrollment';

const unauthorised: Record<CredentialKind, string> = {
  account: 'Check TECHZE_EMAIL and TECHZE_PASSWORD; a TECHZE_TOKEN may have expired: log in again for a new one.',
  device: 'This machine’s credential was revoked or replaced: enroll it again with --force.',
  enrollment: 'Ask for a new enrollment token: they work for a day at most, and as often as was allowed.',
};

const forbidden: Record<CredentialKind, string> = {
  account: 'Use an account with the role technician or higher.',
  device: 'A device credential works for its own device only: was this state folder copied from another machine?',
  enrollment: 'Ask for a new enrollment token.',
};

const nextSteps: Record<number, string> = {
  404: 'Check the server address: this path is not served there.',
  413: 'Collect less at a time: --type storage, for example.',
  422: 'The server speaks another version of the format: update the agent or the server.',
  429: 'Wait a minute, then run again.',
};

function nextStep(status: number, kind: CredentialKind, requestId: string | undefined): string {
  const id = requestId ? ` (request id ${requestId})` : '';
  if (status === 401) return unauthorised[kind];
  if (status === 403) return forbidden[kind];
  if (nextSteps[status]) return nextSteps[status];
  if (status >= 300 && status < 400) return 'The server redirects elsewhere: use that address as --server.';
  if (status >= 500) return `Run again in a minute; if it stays so, tell the operator${id}.`;
  return `If this stays so, tell the operator${id}.`;
}

function parseProblem(text: string): ProblemDocument | undefined {
  try {
    return ProblemDocument.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** An error answer in words: what was said, where it points, which request it was, what to do next. */
export function describeAnswer(
  answer: HttpAnswer,
  kind: CredentialKind = 'account',
): { message: string; hints: string[] } {
  const problem = parseProblem(answer.text);
  if (problem === undefined) {
    const target = answer.headers.location ? ` → ${answer.headers.location}` : '';
    const message = `The server answered ${answer.status}${target}, and not in the way of a TechZe service.`;
    return { message, hints: [nextStep(answer.status, kind, undefined)] };
  }
  const faults = problem.errors?.map(({ pointer, detail }) => `${pointer}: ${detail}`) ?? [];
  return {
    message: `${problem.title} (${problem.status} ${problem.code}): ${problem.detail}`,
    hints: [...faults, `Request id: ${problem.request_id}`, nextStep(answer.status, kind, problem.request_id)],
  };
}
