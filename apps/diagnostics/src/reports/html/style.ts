import { createHash } from 'node:crypto';
import { brand, ink, mutedInk, rule, toneColours, toneTints, type Tone } from '../drawing/colours.js';

const tones = Object.keys(toneColours) as Tone[];

/** Screen and A4 alike; nothing is loaded. */
export const style = `
:root{color-scheme:light}
*{box-sizing:border-box}
body{margin:0;background:#eef1f4;color:${ink};font:15px/1.5 Roboto,"Segoe UI","Helvetica Neue",Arial,"Noto Sans",sans-serif;overflow-wrap:anywhere}
main{max-width:860px;margin:24px auto;padding:40px 48px;background:#fff;border-radius:12px;box-shadow:0 1px 3px rgb(16 24 40/.12)}
header{border-bottom:3px solid ${brand};padding-bottom:16px;margin-bottom:20px}
.eyebrow{margin:0;color:${brand};font-weight:700;font-size:12px;letter-spacing:.08em;text-transform:uppercase}
h1{margin:2px 0 12px;font-size:30px;line-height:1.2}
h2{margin:34px 0 12px;font-size:19px;line-height:1.3;break-after:avoid}
h3{margin:0;font-size:15px;line-height:1.4}
p{margin:0 0 6px}
bdi{unicode-bidi:isolate}
dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(190px,1fr));gap:8px 24px;margin:0}
dt{color:${mutedInk};font-size:12px}
dd{margin:0}
section>dl{margin-bottom:10px;grid-template-columns:repeat(auto-fill,minmax(300px,1fr))}
.muted{color:${mutedInk}}
.strong{font-weight:700;font-size:17px}
blockquote{margin:0 0 20px;padding:10px 16px;border-left:4px solid ${brand};background:#f3f6fb;white-space:pre-line;break-inside:avoid}
blockquote b{display:block;color:${brand};font-size:12px}
.figures{display:flex;flex-wrap:wrap;align-items:center;gap:12px 28px;margin-bottom:12px}
figure{margin:0;text-align:center;break-inside:avoid}
figcaption{font-weight:700;font-size:14px;max-width:260px;white-space:pre-line}
.words{flex:1 1 260px}
svg{display:block;max-width:100%;height:auto;margin:0 auto}
.charts{display:grid;grid-template-columns:repeat(auto-fill,minmax(270px,1fr));gap:20px 24px}
.charts figcaption{font-size:13px;margin-top:4px}
.bars{border-collapse:collapse;width:100%;table-layout:fixed}
.bars th,.bars td{padding:4px 12px 4px 0;text-align:left;font-weight:400;vertical-align:middle}
.bars th{width:28%}
.bars td:nth-child(2){width:31%}
.bars .number{width:4.5em;text-align:right;font-weight:700}
.bars tr{break-inside:avoid}
.card{border:1px solid ${rule};border-left:5px solid;border-radius:6px;padding:12px 16px;margin:0 0 12px;break-inside:avoid}
.card dl{margin:8px 0;grid-template-columns:minmax(90px,1fr) minmax(90px,1fr) minmax(160px,3fr)}
.card dl>:nth-child(4){grid-column:1/-1}
.card .top{display:flex;gap:10px;align-items:baseline}
.card .top h3{flex:1}
.badge{border-radius:999px;padding:1px 10px;font-size:12px;font-weight:700;white-space:nowrap}
.points{font-weight:700;white-space:nowrap}
.advice{background:#f3f6fb;border-radius:6px;padding:8px 12px;margin:8px 0 6px}
.advice b{color:${brand}}
.note{color:${mutedInk};font-size:12px;margin:0}
.list{border-left:5px solid;padding:2px 0 2px 14px;margin:0 0 14px;break-inside:avoid-page}
.list ul{margin:4px 0 0;padding-left:18px}
.table{border-collapse:collapse;width:100%}
.table th,.table td{text-align:left;padding:6px 8px;border-bottom:1px solid ${rule};vertical-align:top;font-weight:400}
.table thead th{color:${mutedInk};font-size:12px}
.table tfoot th,.table tfoot td{font-weight:700;border-bottom:0;border-top:2px solid ${ink}}
.table tr{break-inside:avoid}
.table .number{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
footer{margin-top:30px;padding-top:10px;border-top:1px solid ${rule};color:${mutedInk};font-size:12px}
${tones.map((tone) => `.${tone}{border-left-color:${toneColours[tone]}}.${tone}-text{color:${toneColours[tone]}}.${tone}-badge{color:${toneColours[tone]};background:${toneTints[tone]}}`).join('\n')}
@page{size:A4;margin:15mm 14mm 16mm;@bottom-right{content:counter(page) " / " counter(pages);font-size:9px;color:${mutedInk}}}
@media print{body{background:#fff;font-size:12.5px;print-color-adjust:exact;-webkit-print-color-adjust:exact}main{max-width:none;margin:0;padding:0;border-radius:0;box-shadow:none}h2{margin-top:22px}}
`;

/** A report shows itself and does nothing: no script, no picture, no font, no frame; only its own style. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
