import type { BarRow, Block, Card, Fact, Figure, Item, Line, Page, Row, Section } from '../page/page.js';
import { html, Markup, type Content } from './markup.js';
import { renderDrawing } from './render-drawing.js';
import { style } from './style.js';

/** The report as one file that needs nothing else. */
export function renderHtml(page: Page): string {
  return html`<!doctype html>
    <html lang="${page.language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${page.title}</title>
        <style>
          ${new Markup(style)}
        </style>
      </head>
      <body>
        <main>
          <header>
            <p class="eyebrow">${page.eyebrow}</p>
            <h1><bdi>${page.heading}</bdi></h1>
            ${factList(page.facts)}
          </header>
          ${page.sections.map(renderSection)}
          <footer>${page.foot}</footer>
        </main>
      </body>
    </html> `.text;
}

function renderSection({ heading, blocks }: Section): Markup {
  return html`<section>${heading === null ? null : html`<h2>${heading}</h2>`} ${blocks.map(renderBlock)}</section> `;
}

function renderBlock(block: Block): Markup {
  switch (block.kind) {
    case 'lines':
      return html`${block.lines.map(renderLine)}`;
    case 'quote':
      return html`<blockquote><b>${block.label}</b><bdi>${block.text}</bdi></blockquote>`;
    case 'figures':
      return renderFigures(block.figures, block.lines);
    case 'bars':
      return html`<table class="bars">
        ${block.rows.map(renderBar)}
      </table>`;
    case 'cards':
      return html`${block.cards.map(renderCard)}`;
    case 'list':
      return html`<div class="list ${block.tone}">
        <h3 class="${block.tone}-text">${block.heading}</h3>
        <ul>
          ${block.items.map(renderItem)}
        </ul>
      </div>`;
    case 'table':
      return renderTable(block.head, block.rows, block.foot);
    case 'facts':
      return factList(block.facts);
  }
}

function renderLine({ text, strong, muted, tone }: Line): Markup {
  const classes = [strong && 'strong', muted && 'muted', tone && `${tone}-text`].filter(Boolean).join(' ');
  return html`<p class="${classes}">${text}</p>`;
}

function factList(facts: readonly Fact[]): Markup {
  return html`<dl>
    ${facts.map(
      ({ label, value }) =>
        html`<div>
          <dt>${label}</dt>
          <dd><bdi>${value}</bdi></dd>
        </div>`,
    )}
  </dl>`;
}

function renderFigures(figures: readonly Figure[], lines: readonly Line[]): Markup {
  const charts = lines.length === 0 && figures.every(({ tone }) => tone === undefined);
  const words: Content = lines.length === 0 ? null : html`<div class="words">${lines.map(renderLine)}</div>`;
  return html`<div class="${charts ? 'charts' : 'figures'}">${figures.map(renderFigure)}${words}</div>`;
}

function renderFigure({ drawing, label, caption, tone }: Figure): Markup {
  const words =
    caption === null
      ? null
      : html`<figcaption class="${tone ? `${tone}-text` : ''}"><bdi>${caption}</bdi></figcaption>`;
  return html`<figure>${renderDrawing(drawing, label)}${words}</figure>`;
}

function renderBar({ label, drawing, value, note }: BarRow): Markup {
  return html`<tr>
    <th scope="row"><bdi>${label}</bdi></th>
    <td>${renderDrawing(drawing, null)}</td>
    <td class="number">${value}</td>
    <td class="muted">${note}</td>
  </tr> `;
}

function renderCard({ tone, badge, title, points, facts, advice, note }: Card): Markup {
  return html`<article class="card ${tone}">
    <div class="top">
      <span class="badge ${tone}-badge">${badge}</span>
      <h3><bdi>${title}</bdi></h3>
      <span class="points">${points}</span>
    </div>
    ${factList(facts)} ${advice && html`<p class="advice"><b>${advice.label}:</b> ${advice.value}</p>`}
    <p class="note">${note}</p>
  </article> `;
}

function renderItem({ text, note, tone }: Item): Markup {
  const more = note === null ? null : html` <span class="${tone ? `${tone}-text` : 'muted'}">– ${note}</span>`;
  return html`<li><bdi>${text}</bdi>${more}</li>`;
}

function renderTable(head: Row, rows: readonly Row[], foot: Row): Markup {
  const cells = ([what, measured, points]: Row, scope: 'col' | 'row'): Markup =>
    scope === 'col'
      ? html`<tr>
          <th scope="col">${what}</th>
          <th scope="col">${measured}</th>
          <th scope="col" class="number">${points}</th>
        </tr>`
      : html`<tr>
          <th scope="row"><bdi>${what}</bdi></th>
          <td><bdi>${measured}</bdi></td>
          <td class="number">${points}</td>
        </tr>`;
  return html`<table class="table">
    <thead>
      ${cells(head, 'col')}
    </thead>
    <tbody>
      ${rows.map((row) => cells(row, 'row'))}
    </tbody>
    <tfoot>
      ${cells(foot, 'row')}
    </tfoot>
  </table>`;
}
