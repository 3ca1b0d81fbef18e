import type { Evidence } from '@techze/contracts';
import { caps } from './caps.js';
import type { Text } from './checks/check.js';
import { checks, isCheckCode } from './checks/checks.js';

/** States in words, where their name is not good enough to read. */
const stateWords = new Map<string, Text>([
  ['failing', { en: 'failing', 'pt-BR': 'falhando' }],
  ['degraded', { en: 'degraded', 'pt-BR': 'degradado' }],
  ['now', { en: 'failing now', 'pt-BR': 'falhando agora' }],
  ['past', { en: 'in the past', 'pt-BR': 'no passado' }],
  ['prefail_now', { en: 'an attribute is at its limit', 'pt-BR': 'um atributo atingiu o limite' }],
  ['prefail_past', { en: 'an attribute was at its limit', 'pt-BR': 'um atributo já atingiu o limite' }],
  ['self_test_failed', { en: 'a self-test failed', 'pt-BR': 'um autoteste falhou' }],
  ['errors_logged', { en: 'errors in its log', 'pt-BR': 'erros no registro' }],
  ['off', { en: 'off', 'pt-BR': 'desligado' }],
  ['partly_off', { en: 'partly off', 'pt-BR': 'parcialmente desligado' }],
  ['outdated', { en: 'outdated', 'pt-BR': 'desatualizado' }],
]);

/** What a title is made of. */
interface Told {
  code: string;
  evidence: Evidence;
}

/**
 * The title of a finding or of a deduction, in every language, from its code and its evidence alone. Text of the device
 * goes in as it is: whoever renders it, escapes it. A code that exists no more is its own title.
 */
export function titlesOf(told: Told): Text {
  return { en: titleOf(told, 'en'), 'pt-BR': titleOf(told, 'pt-BR') };
}

export function titleOf({ code, evidence }: Told, language: keyof Text): string {
  const title = isCheckCode(code) ? checks[code].title : caps.find((cap) => cap.code === code)?.title;
  return title ? fill(title[language], evidence, language) : code;
}

/** What to do about a finding or a cap, in every language. */
export function fixesOf(code: string): Text | undefined {
  return isCheckCode(code) ? checks[code].fix : caps.find((cap) => cap.code === code)?.fix;
}

/** `{value}` and its like by what was measured; `{sector|sectors}` by whether that is one. */
function fill(template: string, { instance, value, unit, threshold, detail }: Evidence, language: keyof Text): string {
  return template.replace(PLACE, (whole, name: string, many?: string) => {
    if (many !== undefined) return value === 1 ? name : many;
    if (name === 'value') return said(value, unit, language);
    if (name === 'threshold') return said(threshold ?? '', unit, language);
    if (name === 'instance') return instance ?? '';
    return name === 'detail' ? (detail ?? '') : whole;
  });
}

const PLACE = /\{([^{}|]+)(?:\|([^{}|]+))?\}/g;

function said(value: string | number | boolean, unit: string, language: keyof Text): string {
  if (typeof value !== 'number') return stateWords.get(String(value))?.[language] ?? String(value);
  return unit === 's' ? duration(value, language) : figure(value, language);
}

function figure(value: number, language: keyof Text): string {
  const text = String(Math.abs(value) < 100 ? Math.round(value * 10) / 10 : Math.round(value));
  return language === 'pt-BR' ? text.replace('.', ',') : text;
}

const lengths = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
] as const;

/** Nobody reads 3456000 s. */
function duration(seconds: number, language: keyof Text): string {
  const [unit, length] = lengths.find(([, each]) => seconds >= 2 * each) ?? ['s', 1];
  return `${figure(seconds / length, language)} ${unit}`;
}
