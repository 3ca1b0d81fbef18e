import { createHash } from 'node:crypto';
import { contentSecurityPolicy } from '../../src/reports/html/style.js';
import { attacks } from './attacks.js';
import { hostileFacts } from './hostile.js';
import { htmlOf } from './rendered.js';
import { samples } from './samples.js';

/** Tags and attributes without text and numbers: what a browser builds. */
function skeleton(html: string): string[] {
  return [...html.matchAll(/<[^>]*>/g)].map(([tag]) =>
    tag.replace(/(aria-label|content|d|x|y|cx|cy|fill|stroke|font-size)="[^"]*"/g, '$1').replace(/\s+/g, ' '),
  );
}

const plain = skeleton(htmlOf(hostileFacts('a name')));
const pages = Object.entries(samples).flatMap(([name, facts]) => [
  [`${name} in pt-BR`, htmlOf(facts, 'pt-BR')] as const,
  [`${name} in English`, htmlOf(facts, 'en')] as const,
]);

describe('a page', () => {
  it.each(pages)('stands alone: no script, no address, no inline style, no picture (%s)', (_name, html) => {
    expect(html).not.toMatch(/<script|<iframe|<object|<embed|<link|<img|<form|<base/i);
    expect(html).not.toMatch(/\s(src|href|style|on\w+|srcset|action)=/i);
    expect(html).not.toMatch(/url\(|@import|https?:/i);
  });

  it.each(pages)('closes every element that it opens (%s)', (_name, html) => {
    const open: string[] = [];
    for (const [, end, name = '', self] of html.matchAll(/<(\/?)([a-z][a-z0-9]*)\b[^>]*?(\/?)>/g)) {
      if (end) expect(open.pop()).toBe(name);
      else if (!self && name !== 'meta') open.push(name);
    }
    expect(open).toEqual([]);
  });

  it('may load and do nothing but its own style, whose hash the policy names', () => {
    const style = /<style>([\s\S]*?)<\/style>/.exec(pages[0]?.[1] ?? '')?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    expect(contentSecurityPolicy).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    );
  });

  it('says in which language it is, and speaks it', () => {
    const facts = samples.critical;
    if (!facts) throw new Error('no sample');
    expect(htmlOf(facts, 'en')).toMatch(
      /<html lang="en">[\s\S]*What was found, and what to do[\s\S]*Back up now and replace the disk\./,
    );
    const portuguese = htmlOf(facts, 'pt-BR');
    expect(portuguese).toMatch(/<html lang="pt-BR">[\s\S]*O que foi encontrado e o que fazer[\s\S]*Faça backup agora/);
    expect(portuguese).not.toMatch(/Back up now|Measured|Warning/);
  });

  it('tells each picture in words', () => {
    for (const [, html] of pages) {
      const pictures = html.match(/<svg /g)?.length ?? 0;
      const told = html.match(/<svg [^>]*(role="img" aria-label="[^"]+"|aria-hidden="true")/g)?.length ?? 0;
      expect(pictures).toBeGreaterThan(0);
      expect(told).toBe(pictures);
    }
  });

  it('shows the whole of a before and after: both scores, what lies between, what was resolved and what is gone', () => {
    const facts = samples.beforeAfter;
    if (!facts) throw new Error('no sample');
    const html = htmlOf(facts, 'en');
    expect(html).toMatch(
      /aria-label="Score 25 out of 100: Poor"[\s\S]*\+75[\s\S]*aria-label="Score 100 out of 100: Healthy"/,
    );
    expect(html).toMatch(
      /Resolved[\s\S]*now 32\.2\u00a0%[\s\S]*the part was replaced or removed[\s\S]*WD-WCC6Y0KX1234/,
    );
  });
});

describe('text of a machine', () => {
  it.each(Object.entries(attacks))('never becomes a tag or an attribute: %s', (_name, text) => {
    const built = skeleton(htmlOf(hostileFacts(text)));
    const known = new Set(plain);
    expect(built.filter((tag) => !known.has(tag))).toEqual([]);
  });

  it('is shown as it was typed', () => {
    expect(htmlOf(hostileFacts('</style><script>"\'&'))).toContain(
      '<h1><bdi>&lt;/style&gt;&lt;script&gt;&quot;&#39;&amp;</bdi></h1>',
    );
  });

  it('stays bounded, however long', () => {
    for (const text of Object.values(attacks)) expect(htmlOf(hostileFacts(text)).length).toBeLessThan(100_000);
  });
});
