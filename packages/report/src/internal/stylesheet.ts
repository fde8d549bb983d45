/** The look of a report: one column, one accent, light and dark, screen and paper. No font or image from elsewhere. */
import { palettes } from "../Chart.ts"

const variables = (palette: Readonly<Record<string, string>>): string =>
  Object.entries(palette)
    .map(([name, color]) => `--${name}:${color};`)
    .join("")

export const stylesheet = `
:root{color-scheme:light dark;${variables(palettes.light)}--wash:#f5f6f8}
@media screen and (prefers-color-scheme:dark){:root{${variables(palettes.dark)}--wash:#1c2026}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif;-webkit-text-size-adjust:100%}
main{max-width:60rem;margin:0 auto;padding:2.5rem 1.5rem 4rem}
h1{font-size:1.9rem;line-height:1.2;margin:.2rem 0 .3rem;overflow-wrap:anywhere;font-weight:650;letter-spacing:-.01em}
h2{font-size:1.3rem;margin:3.2rem 0 .8rem;font-weight:650;letter-spacing:-.005em}
h3{font-size:1.02rem;margin:1.6rem 0 .3rem;font-weight:650}
p{margin:.4rem 0 .8rem;max-width:44rem}
a{color:var(--accent)}
.kicker{color:var(--muted);font-size:.9rem;margin:0}
.meta,.small,figcaption,.missing{color:var(--muted);font-size:.88rem}
.meta{overflow-wrap:anywhere}
.card{border:1px solid var(--faint);border-top:4px solid var(--accent);border-radius:6px;padding:1.5rem 1.6rem 1.3rem;margin:1.4rem 0 1rem}
.card h2{font-size:1.02rem;margin:0 0 .3rem}.card .later{margin-top:1.2rem}
.answer{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1.35fr);gap:1.2rem 2.4rem;align-items:start}
.disposition{font-size:1.75rem;line-height:1.15;font-weight:700;margin:0 0 .5rem}
.disposition small{display:block;font-size:1rem;font-weight:500;margin-top:.25rem}
.contexts{list-style:none;margin:0;padding:0}
.contexts li{display:flex;gap:.8rem;justify-content:space-between;border-bottom:1px solid var(--faint);padding:.22rem 0}
.columns{display:grid;grid-template-columns:minmax(0,1.35fr) minmax(0,1fr);gap:1.2rem 2.4rem;margin-top:1.4rem}
.reasons{margin:0;padding-left:1.2rem}
.reasons li{margin-bottom:.8rem}
.reasons p{margin:.1rem 0}
.good{color:var(--good)}.caution{color:var(--caution)}.bad{color:var(--bad)}.absent{color:var(--absent)}
.tone{font-weight:650;white-space:nowrap}
blockquote{margin:.4rem 0;padding:.15rem 0 .15rem .8rem;border-left:3px solid var(--faint);overflow-wrap:anywhere}
mark{background:color-mix(in srgb,var(--caution) 22%,transparent);color:inherit;padding:.05em .15em;border-radius:2px;text-decoration:underline;text-decoration-color:var(--caution);text-underline-offset:.2em}
.note{background:var(--wash);border-left:4px solid var(--muted);padding:.6rem .9rem;margin:1rem 0;max-width:none}
.warning{border-left-color:var(--bad)}
nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:.3rem 1.1rem;padding:0;margin:1.2rem 0 0;font-size:.9rem}
figure{margin:1rem 0 1.6rem}
figure svg{display:block;max-width:100%;height:auto}
.narrow{display:none}
.charts{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:1rem 2.5rem}
.charts h3{margin-top:.4rem}
details{margin:.3rem 0 .6rem}
summary{cursor:pointer;color:var(--accent);font-size:.88rem}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.9rem;margin:.4rem 0}
th,td{text-align:left;vertical-align:top;padding:.38rem .9rem .38rem 0;border-bottom:1px solid var(--faint);overflow-wrap:break-word}
th{font-weight:600}thead th{color:var(--muted);font-weight:500}
td.number{font-variant-numeric:tabular-nums;white-space:nowrap}
code{font:.86em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
.reading{border-top:1px solid var(--faint);padding-top:.2rem;margin-top:1.2rem}
footer{margin-top:3rem;border-top:1px solid var(--faint);padding-top:.8rem}
.briefing{max-width:46rem}
.briefing h2{margin-top:1.7rem}
a:focus-visible,summary:focus-visible,.scroll:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
@media (max-width:680px){
main{padding:1.4rem 1rem 3rem}h1{font-size:1.45rem}.card{padding:1.1rem 1rem}
.answer,.columns,.charts{grid-template-columns:minmax(0,1fr)}
.wide{display:none}.narrow{display:block}
}
@media print{
@page{size:A4;margin:15mm 16mm}
html{font-size:10.2pt}body{line-height:1.42}main{max-width:none;padding:0}
nav{display:none}
h1{font-size:17pt}h2{margin-top:16pt;font-size:12.5pt}.disposition{font-size:16pt}
h2,h3{break-after:avoid}
figure,.card,.reading,tr,blockquote,li,.note{break-inside:avoid}
.answer{grid-template-columns:minmax(0,1fr) minmax(0,1.35fr)}.columns{grid-template-columns:minmax(0,1.35fr) minmax(0,1fr)}.charts{grid-template-columns:repeat(2,minmax(0,1fr))}
.wide{display:block}.narrow{display:none}
.scroll{overflow:visible}
.figure-data{display:none}
.card,.note,mark{print-color-adjust:exact;-webkit-print-color-adjust:exact}
.briefing{font-size:9.3pt;line-height:1.34}.briefing h1{font-size:15pt}.briefing h2{margin:9pt 0 2pt;font-size:11.5pt}.briefing p{margin:2pt 0 3pt;max-width:none}.briefing .card{padding:8pt 11pt 6pt;margin:6pt 0}.briefing figure{margin:3pt 0}.briefing .note{margin:5pt 0;padding:4pt 8pt}
.briefing th,.briefing td{padding:2pt 8pt 2pt 0}.briefing .contexts li{padding:1.5pt 0}.briefing .reasons li{margin-bottom:4pt}.briefing ul{margin:2pt 0}.briefing .disposition{font-size:14pt}
}
`
