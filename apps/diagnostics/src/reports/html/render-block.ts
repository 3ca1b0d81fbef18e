import type { BarRow, Block, Card, Fact, Figure, Item, Line, Row } from '../page/page.js';
import { markup, type Markup } from './markup.js';
import { renderDrawing } from './render-drawing.js';

export function renderBlock(block: Block): Markup {
  switch (block.kind) {
    case 'lines':
      return markup`${block.lines.map(renderLine)}`;
    case 'quote':
      return markup`<blockquote><b>${block.label}</b><bdi>${block.text}</bdi></blockquote>`;
    case 'figures':
      return renderFigures(block.figures, block.lines);
    case 'bars':
      return markup`<table class="bars">${block.rows.map(renderBar)}</table>`;
    case 'cards':
      return markup`${block.cards.map(renderCard)}`;
    case 'list':
      return renderList(block);
    case 'table':
      return renderTable(block.head, block.rows, block.foot);
    case 'facts':
      return renderFacts(block.facts);
  }
}

/** Text of a machine stands by itself, whichever way it is written. */
function own(text: string): Markup {
  return markup`<bdi>${text}</bdi>`;
}

function renderLine({ text, strong, muted, tone }: Line): Markup {
  const classes = [strong && 'strong', muted && 'muted', tone && `${tone}-text`].filter(Boolean).join(' ');
  return markup`<p class="${classes}">${text}</p>`;
}

export function renderFacts(facts: readonly Fact[]): Markup {
  const items = facts.map(({ label, value }) => markup`<div><dt>${label}</dt><dd>${own(value)}</dd></div>`);
  return markup`<dl>${items}</dl>`;
}

/** Gauges are as large as they are; charts share the width. */
function renderFigures(figures: readonly Figure[], lines: readonly Line[]): Markup {
  const charts = lines.length === 0 && figures.every(({ tone }) => tone === undefined);
  const words = lines.length === 0 ? null : markup`<div class="words">${lines.map(renderLine)}</div>`;
  return markup`<div class="${charts ? 'charts' : 'figures'}">${figures.map(renderFigure)}${words}</div>`;
}

function renderFigure({ drawing, label, caption, tone }: Figure): Markup {
  const colour = tone ? `${tone}-text` : '';
  const words = caption === null ? null : markup`<figcaption class="${colour}">${own(caption)}</figcaption>`;
  return markup`<figure>${renderDrawing(drawing, label)}${words}</figure>`;
}

function renderBar({ label, drawing, value, note }: BarRow): Markup {
  const bar = markup`<td>${renderDrawing(drawing, null)}</td><td class="number">${value}</td>`;
  return markup`<tr><th scope="row">${own(label)}</th>${bar}<td class="muted">${note}</td></tr>
`;
}

function renderCard({ tone, badge, title, points, facts, advice, note }: Card): Markup {
  const top = markup`<span class="badge ${tone}-badge">${badge}</span><h3>${own(title)}</h3>`;
  return markup`<article class="card ${tone}">
<div class="top">${top}<span class="points">${points}</span></div>
${renderFacts(facts)}
${advice && markup`<p class="advice"><b>${advice.label}:</b> ${advice.value}</p>`}
<p class="note">${note}</p>
</article>
`;
}

function renderList({ heading, tone, items }: Extract<Block, { kind: 'list' }>): Markup {
  const title = markup`<h3 class="${tone}-text">${heading}</h3>`;
  return markup`<div class="list ${tone}">${title}<ul>${items.map(renderItem)}</ul></div>`;
}

function renderItem({ text, note, tone }: Item): Markup {
  const more = note === null ? null : markup` <span class="${tone ? `${tone}-text` : 'muted'}">– ${note}</span>`;
  return markup`<li>${own(text)}${more}</li>`;
}

function renderTable(head: Row, rows: readonly Row[], foot: Row): Markup {
  const [what, measured, points] = head;
  const titles = markup`<th scope="col">${what}</th><th scope="col">${measured}</th>`;
  return markup`<table class="table">
<thead><tr>${titles}<th scope="col" class="number">${points}</th></tr></thead>
<tbody>${rows.map(renderRow)}</tbody>
<tfoot>${renderRow(foot)}</tfoot>
</table>`;
}

function renderRow([what, measured, points]: Row): Markup {
  const words = markup`<th scope="row">${own(what)}</th><td>${own(measured)}</td>`;
  return markup`<tr>${words}<td class="number">${points}</td></tr>
`;
}
