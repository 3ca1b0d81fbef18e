import { attacks } from './attacks.js';
import { factsOf } from './facts.js';
import { hostileFacts } from './hostile.js';
import { PdfReader } from './pdf-reader.js';
import { pdfOf } from './rendered.js';
import { samples } from './samples.js';
import { machines } from '../scoring/corpus/machines.js';

const sample = (name: string) => {
  const facts = samples[name];
  if (!facts) throw new Error(`no sample ${name}`);
  return facts;
};
const read = async (...args: Parameters<typeof pdfOf>) => new PdfReader(await pdfOf(...args));

describe('a PDF', () => {
  it('says what the page says, in Portuguese with all its accents, and can be searched', async () => {
    const { text } = await read(sample('critical'));
    for (const words of [
      'RELATÓRIO DE DIAGNÓSTICO',
      'Padaria São João Ltda.',
      'Observações do técnico',
      'Há problemas sérios: planeje o reparo em breve.',
      'não medido: esta máquina não tem',
      'O disco WD-WCC6Y0KX1234 tem 40 setores que não consegue ler',
      'O que fazer: Faça backup agora e substitua o disco.',
      'Total: 100 − 25',
      '−75,00',
      'Página 1 de 3',
      'TechZe · dgn_00000000000000000000000000000002',
    ])
      expect(text).toContain(words);
  });

  it('and in English', async () => {
    const { text } = await read(sample('beforeAfter'), 'en');
    for (const words of ['Healthy', '+75', 'Before · Nov 20, 2026', '/ is 93.3 % full – now 32.2\u00a0%'])
      expect(text).toContain(words);
  });

  it('of a machine in good health is one page', async () => {
    expect((await read(sample('healthy'))).pages).toHaveLength(1);
  });

  it('is the same file each time', async () => {
    const [first, second] = [await pdfOf(sample('critical')), await pdfOf(sample('critical'))];
    expect(first.equals(second)).toBe(true);
  });

  it('has a title, a language, an outline, a structure, and the date of the diagnosis', async () => {
    const { structure } = await read(sample('critical'));
    expect(structure).toContain('/Lang (pt-BR)');
    expect(structure).toContain('/DisplayDocTitle true');
    expect(structure).toContain('/Marked true');
    expect(structure.match(/\(D:20261120173000Z\)/g)).toHaveLength(2);
    expect(structure).toMatch(/\/Outlines \d+ 0 R/);
    for (const tag of ['Document', 'Sect', 'H1', 'H2', 'H3', 'P', 'Figure', 'Table', 'TR', 'TH', 'TD', 'BlockQuote'])
      expect(structure).toMatch(new RegExp(`/S /${tag}\\n`));
    expect(structure).toMatch(/\/S \/Figure[\s\S]*?\/Alt \(Nota 25 de 100: Ruim\)/);
  });

  it('does nothing: no script, no action, no address, no file', async () => {
    for (const text of Object.values(attacks)) {
      const { structure, trailer } = await read(hostileFacts(text));
      // Names only: in a string, where parentheses are escaped, text may say what it likes.
      const names = `${structure}${trailer}`.replace(/\((?:\\.|[^\\)])*\)/gs, '()');
      expect(names).not.toMatch(/\/(JS|JavaScript|AA|OpenAction|URI|Launch|EmbeddedFile|SubmitForm|Annot)\b/);
    }
  });
});

describe('text of a machine', () => {
  it.each(Object.entries(attacks))(
    'is drawn within a few pages, and nothing else is missing: %s',
    async (_name, text) => {
      const file = await pdfOf(hostileFacts(text));
      const { pages, text: drawn } = new PdfReader(file);
      expect(pages.length).toBeLessThanOrEqual(8);
      expect(file.length).toBeLessThan(150_000);
      expect(drawn).toContain('Onde a nota perdeu pontos');
      expect(drawn).toContain(`Página ${pages.length} de ${pages.length}`);
    },
  );

  it('in European scripts is shown as it is', async () => {
    for (const text of ['Компьютер', 'Υπολογιστής', 'Máy tính để bàn', 'Łódź', 'größer ≥ ≠']) {
      const { text: drawn } = await read(hostileFacts(text));
      expect(drawn).toContain(text);
      expect(drawn).not.toContain('\ufffd');
    }
  });

  it.each([
    ['研发部', '\ufffd\ufffd\ufffd'],
    ['👩‍👩‍👧‍👦', '\ufffd'],
    ['حاسوب', '\ufffd\ufffd\ufffd\ufffd\ufffd'],
  ])('that the font lacks is marked letter by letter, and the reader is told: %s', async (text, marks) => {
    const { text: drawn } = await read(hostileFacts(`PC ${text} 7`));
    expect(drawn).toContain(`PC ${marks}`);
    expect(drawn).toContain('Caracteres que esta fonte não tem aparecem como');
  });

  it('is whole in the title of the document, whatever the font lacks', async () => {
    const { structure } = await read(hostileFacts('研发部'));
    const utf16 = Buffer.from('研发部', 'utf16le').swap16().toString('latin1');
    expect(structure).toContain(utf16);
  });

  it('that is all there breaks nothing when it is empty', async () => {
    const facts = factsOf(machines.healthyDesktop);
    const nobody = Object.fromEntries(
      Object.keys(facts.machine).map((key) => [key, null]),
    ) as unknown as typeof facts.machine;
    const { text } = await read({ ...facts, machine: nobody });
    expect(text).toContain('Computador sem nome');
  });
});

describe('a thousand findings', () => {
  it('fill no more than a dozen pages', async () => {
    const facts = factsOf(machines.onePendingSector);
    const [finding] = facts.diagnostic.findings ?? [];
    const [deduction] = facts.diagnostic.health?.deductions ?? [];
    const { health } = facts.diagnostic;
    if (!finding || !deduction || !health) throw new Error('nothing was found');
    const file = await pdfOf({
      ...facts,
      diagnostic: {
        ...facts.diagnostic,
        findings: Array.from({ length: 1000 }, (_, index) => ({ ...finding, key: `${finding.key}-${index}` })),
        health: { ...health, deductions: Array.from({ length: 1000 }, () => deduction) },
      },
    });
    const { pages, text } = new PdfReader(file);
    expect(pages.length).toBeLessThanOrEqual(12);
    expect(file.length).toBeLessThan(300_000);
    expect(text).toContain('e mais 970');
  });
});
