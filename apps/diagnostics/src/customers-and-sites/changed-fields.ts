/** For the audit: what a change found and what it left, of the fields that it names. */
export function changedFields<Row extends object, Field extends keyof Row>(
  before: Row,
  after: Row,
  fields: readonly Field[],
): { before: Pick<Row, Field>; after: Pick<Row, Field> } {
  return { before: pick(before, fields), after: pick(after, fields) };
}

export function pick<Row extends object, Field extends keyof Row>(
  row: Row,
  fields: readonly Field[],
): Pick<Row, Field> {
  return Object.fromEntries(fields.map((field) => [field, row[field]])) as Pick<Row, Field>;
}
