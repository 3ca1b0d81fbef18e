import type { Assessment } from './assessment.js';
import type { Text } from './checks/check.js';
import { thresholdOf } from './penalty.js';

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

/** The title of what was found, in every language. Text of the device goes in as it is: whoever renders it, escapes it. */
export function wordingOf({ check, reading, penalty }: Assessment): Text {
  const { value, instance, detail, limits } = reading;
  const threshold = thresholdOf(check.rule, penalty, limits);
  const fill = (language: keyof Text) => {
    const words: Record<string, string> = {
      instance: instance ?? '',
      value: typeof value === 'number' ? figure(value, language) : (stateWords.get(value)?.[language] ?? value),
      threshold: String(threshold),
      detail: detail ?? '',
    };
    return check.title[language].replace(/\{(\w+)\}/g, (whole, name: string) => words[name] ?? whole);
  };
  return { en: fill('en'), 'pt-BR': fill('pt-BR') };
}

function figure(value: number, language: keyof Text): string {
  const text = String(Math.abs(value) < 100 ? Math.round(value * 10) / 10 : Math.round(value));
  return language === 'pt-BR' ? text.replace('.', ',') : text;
}
