import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common';
import { normalised } from './passwords.js';

const CHARS_MIN = 15;
/** Estimating costs more the longer a password is; one whose beginning is good is good. */
const CHARS_JUDGED = 40;
/** As powers of ten. A random word list of four words has 15, fifteen random letters 21. */
const GUESSES_MIN = 10;

/** Words of this product that anybody would try here. */
const PRODUCT_WORDS = ['techze', 'diagnostic', 'diagnostico', 'service', 'operator', 'admin', 'senha', 'tecnico'];

/** Whose password it is to be: what anybody who knows them would try first. */
export interface PasswordOwner {
  readonly email: string;
  readonly name: string;
  readonly tenantName: string;
}

/**
 * 49,000 common passwords, 7,776 common words, keyboards, sequences, repetitions, dates, and the owner's own words: a
 * password that is made of them, however it is put together or disguised, is guessed soon. What kinds of characters it
 * has does not matter.
 */
const estimator = new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs });

/** What is wrong with a new password, in words that say what to do; undefined when nothing is. */
export function passwordFault(password: string, owner: PasswordOwner): string | undefined {
  const chars = [...normalised(password)];
  if (chars.length < CHARS_MIN)
    return `is too short: take at least ${CHARS_MIN} characters, such as four or more unrelated words`;
  const { guessesLog10 } = estimator.check(chars.slice(0, CHARS_JUDGED).join(''), [
    ...PRODUCT_WORDS,
    ...wordsOf(owner),
  ]);
  if (guessesLog10 >= GUESSES_MIN) return undefined;
  return 'is too easy to guess: it is made of common passwords, names of yours or of this service, sequences or repetitions; take four or more unrelated words';
}

function wordsOf({ email, name, tenantName }: PasswordOwner): string[] {
  const texts = [email, name, tenantName];
  const words = texts.flatMap((text) => text.split(/[^\p{L}\p{N}]+/u));
  const known = [...texts, ...words].filter((word) => word.length > 2);
  // As far as a password is judged: a long e-mail would else be no word of its beginning.
  return [...new Set(known.map((word) => [...normalised(word).toLowerCase()].slice(0, CHARS_JUDGED).join('')))];
}
