import type { Page, Section } from '../page/page.js';
import { markup, Markup } from './markup.js';
import { renderBlock, renderFacts } from './render-block.js';
import { style } from './style.js';

/** The report as one file that needs nothing else. */
export function renderHtml(page: Page): string {
  return markup`<!doctype html>
<html lang="${page.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${page.title}</title>
<style>${new Markup(style)}</style>
</head>
<body>
<main>
<header>
<p class="eyebrow">${page.eyebrow}</p>
<h1><bdi>${page.heading}</bdi></h1>
${renderFacts(page.facts)}
</header>
${page.sections.map(renderSection)}
<footer>${page.foot}</footer>
</main>
</body>
</html>
`.text;
}

function renderSection({ heading, blocks }: Section): Markup {
  const title = heading === null ? null : markup`<h2>${heading}</h2>`;
  return markup`<section>${title}${blocks.map(renderBlock)}</section>
`;
}
