import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { exitCodes, Failure } from '../failure.js';
import { parseJson } from './parse-json.js';
import type { StateFolder } from './state-folder.js';

const FILE = 'agent.json';
const AgentIdentity = z.object({ agent_id: z.uuid() });

/** The agent's own UUID: made once, kept through every enrolment. */
export function agentIdOf(folder: StateFolder): string {
  const known = readAgentId(folder);
  if (known !== undefined) return known;
  const made = randomUUID();
  folder.write(FILE, { agent_id: made });
  return made;
}

/** @throws Failure (exit 9) when the file is damaged: a new identity would be a new device to the server */
export function readAgentId(folder: StateFolder): string | undefined {
  const text = folder.read(FILE);
  if (text === undefined) return undefined;
  const read = parseJson(text, AgentIdentity);
  if (read !== undefined) return read.agent_id;
  throw new Failure(exitCodes.state, `${folder.file(FILE)} is damaged.`, [
    'Restore it from a backup; or remove it and enroll again, as a new agent.',
  ]);
}
