export { sequencesOf, type MinedSequences, type SequenceOptions, type SequencePattern } from './sequences.js';
export { type Event } from './sessions.js';
