import { reportLanguages } from '@techze/contracts';
import { trendOf } from '../../src/findings/life/index.js';
import { trendText } from '../../src/reports/page/finding-words.js';
import { trendOfFinding } from '../../src/reports/view/finding-trend.js';
import { Formats } from '../../src/reports/words/formats.js';
import { languages } from '../../src/reports/words/languages.js';
import { checks, fixesOf, titlesOf } from '../../src/scoring/index.js';

const formats = (language: keyof typeof languages, zone = 'America/Sao_Paulo') =>
  new Formats(language, languages[language], zone);

/** Every text by its path; a text that takes words is given marks for them. */
function textsOf(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value === 'function')
    return [[path, String((value as (...words: unknown[]) => unknown)('«1»', '«2»', 3))]];
  return Object.entries(value as object).flatMap(([key, each]) => textsOf(each, `${path}/${key}`));
}

describe('the languages', () => {
  it('have the same texts, none of them empty', () => {
    const [first, ...others] = reportLanguages.map((language) => textsOf(languages[language]));
    for (const other of others) expect(other.map(([path]) => path)).toEqual(first?.map(([path]) => path));
    for (const [path, text] of [first ?? [], ...others].flat()) expect([path, text.trim()]).not.toEqual([path, '']);
  });

  it('put in every word that they are given', () => {
    for (const language of reportLanguages) {
      const { deductions, compared, charts, title, gaugeLabel } = languages[language];
      expect(title('X')).toContain('X');
      expect(gaugeLabel('1', 'B')).toMatch(/1.*B/);
      expect(compared.became('A', 'B')).toMatch(/A.*B/);
      expect(deductions.total('7')).toContain('7');
      expect(charts.historyLabel('1', '2', 3)).toMatch(/3.*1.*2/);
    }
  });

  it.each(reportLanguages)('word every unit and every state of every check: %s', (language) => {
    const texts = languages[language];
    for (const [code, { unit, rule }] of Object.entries(checks)) {
      if (rule.kind === 'states') {
        for (const state of Object.keys(rule.penalties)) expect(Object.keys(texts.states)).toContain(state);
        continue;
      }
      const [one, many] = [formats(language).value(1, unit), formats(language).value(3.14, unit)];
      expect([code, one]).toEqual([code, expect.stringMatching(/^1/)]);
      // What is no sign is a noun of the language: the unit's own English name only where it is English.
      if (language === 'pt-BR' && /^[a-z ]{4,}$/.test(unit) && unit !== 'bits')
        expect([code, many]).not.toEqual([code, `3,14 ${unit}`]);
    }
  });

  it('have a title and a fix for every check and every cap', () => {
    const evidence = { metric: 'm', value: 1, unit: '%', threshold: 1, source: 's' };
    const codes = [
      ...Object.keys(checks),
      'CAP_HARDWARE_FAILING',
      'CAP_CRITICAL',
      'CAP_OS_UNSUPPORTED',
      'CAP_DISK_FULL',
    ];
    for (const code of codes) {
      for (const language of reportLanguages) {
        expect([code, fixesOf(code)?.[language]]).toEqual([code, expect.stringMatching(/\w/)]);
        expect(titlesOf({ code, evidence: { ...evidence, detail: 'd' } })[language]).not.toBe(code);
      }
    }
  });
});

describe('the trend of a finding', () => {
  it.each([
    ['+2 in 9 d', '+2 in 9 days', '+2 em 9 dias'],
    ['-0.5 in 3 h', '−0.5 in 3 hours', '−0,5 em 3 horas'],
    ['stable for 30 d', 'stable for 30 days', 'estável há 30 dias'],
    ['changed in 12 min', 'changed within 12 min', 'mudou em 12 min'],
    ['going up a lot', 'going up a lot', 'going up a lot'],
  ])('%s', (text, en, ptBr) => {
    const said = (language: keyof typeof languages) => {
      const trend = trendOfFinding(text);
      return trend && trendText(trend, { language, texts: languages[language], formats: formats(language) });
    };
    expect([said('en'), said('pt-BR')]).toEqual([en, ptBr]);
    expect(trendOfFinding(null)).toBeNull();
  });

  it('is understood in whatever form findings tell it', () => {
    const sample = (days: number, value: number | string) => ({
      at: new Date(Date.UTC(2026, 0, 1) + days * 86_400_000).toISOString(),
      value,
    });
    const told = [
      trendOf('SMART_5', [sample(0, 1), sample(9, 3)]),
      trendOf('SMART_5', [sample(0, 3), sample(0.01, 1)]),
      trendOf('SMART_5', [sample(0, 3), sample(40, 3)]),
      trendOf('FIREWALL', [sample(0, 'on'), sample(1, 'off')]),
    ];
    const kinds = told.map((text) => trendOfFinding(text)).map((trend) => trend && 'kind' in trend && trend.kind);
    expect(kinds).toEqual(['moved', 'moved', 'stable', 'changed']);
  });
});

describe('numbers, dates and values', () => {
  it('are written as the language writes them', () => {
    const at = new Date('2026-11-22T17:05:00Z');
    expect(formats('en').number(1234.5)).toBe('1,234.5');
    expect(formats('pt-BR').number(1234.5)).toBe('1.234,5');
    expect(formats('en').lost(0.7)).toBe('−0.70');
    expect(formats('pt-BR').change(-3.25)).toBe('−3,25');
    expect(formats('en').percent(0.8125)).toBe('81.3\u00a0%');
    expect(formats('en').dateTime(at)).toMatch(/Nov 22, 2026.*02:05\sPM GMT-3/);
    expect(formats('pt-BR').dateTime(at)).toMatch(/22 de nov\. de 2026.*14:05 BRT/);
    expect(formats('pt-BR', 'UTC').dateTime(at)).toMatch(/17:05 UTC/);
  });

  it.each([
    [3_456_000, 's', '40 days', '40 dias'],
    [7_200, 's', '2 hours', '2 horas'],
    [12, 's', '12 sec', '12 s'],
    [1, 'sectors', '1 sector', '1 setor'],
    [40, 'sectors', '40 sectors', '40 setores'],
    [93.2, '%', '93.2 %', '93,2 %'],
    [58.5, '°C', '58.5°C', '58,5 °C'],
    [3, 'of 10', '3 of 10', '3 de 10'],
    ['partly_off', 'state', 'partly off', 'parcialmente desligado'],
    [true, 'state', 'yes', 'sim'],
    ['constructor', 'state', 'constructor', 'constructor'],
    [7, '__proto__', '7 __proto__', '7 __proto__'],
  ])('%p %s', (value, unit, en, ptBr) => {
    expect(formats('en').value(value, unit).replaceAll('\u00a0', ' ')).toBe(en);
    expect(formats('pt-BR').value(value, unit).replaceAll('\u00a0', ' ')).toBe(ptBr);
  });
});
