import type { CreateDiagnostic, Section } from '@techze/contracts';

/** The server takes 1 MiB. */
const MAX_BYTES = 1024 * 1024;
/** What is left out first when a machine has too much to tell: nothing here carries the score. */
const dispensable = ['processes', 'services', 'graphics', 'system', 'thermal', 'network', 'storage'];

const sizeOf = (body: CreateDiagnostic) => Buffer.byteLength(JSON.stringify(body));

const leftOut: Section = { status: 'error', error: 'left out: the diagnostic would be larger than the server takes' };

/** The body within the size that the server takes; a section that had to go says so. */
export function fitBody(body: CreateDiagnostic, maxBytes = MAX_BYTES): CreateDiagnostic {
  let fitted = body;
  for (const name of dispensable) {
    if (sizeOf(fitted) <= maxBytes) break;
    if (fitted.sections[name]) fitted = { ...fitted, sections: { ...fitted.sections, [name]: leftOut } };
  }
  return fitted;
}
