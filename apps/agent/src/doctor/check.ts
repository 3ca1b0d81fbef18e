/** One thing that the doctor looked at. */
export interface Check {
  area: 'machine' | 'state' | 'server' | 'spool';
  name: string;
  /** `attention`: something should be done, and the hint says what. `info`: so it is, and nothing is wrong with it. */
  status: 'ok' | 'info' | 'attention';
  detail: string;
  hint?: string;
}
