import { Html, html } from './html.ts';

const STYLE = `
  :root { color-scheme: light dark; font: 14px/1.5 system-ui, sans-serif; --line: color-mix(in srgb, CanvasText 14%, Canvas); --soft: color-mix(in srgb, CanvasText 5%, Canvas); --accent: #2f6fde; --good: #2c8a4b; --bad: #cc3333; --busy: #b07a00 }
  body { margin: 0 }
  header { position: sticky; top: 0; z-index: 1; display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; align-items: baseline; padding: .7rem 1.5rem; background: Canvas; border-bottom: 1px solid var(--line) }
  header strong { font-size: 1.1rem }
  main { max-width: 80rem; margin: 0 auto; padding: .5rem 1.5rem 3rem }
  a { color: var(--accent); text-decoration: none } a:hover { text-decoration: underline }
  h1 { font-size: 1.3rem; margin: 1.2rem 0 .3rem; overflow-wrap: anywhere } h2 { font-size: 1.05rem; margin: 1.8rem 0 .4rem }
  p { margin: .3rem 0 } .none, small, .dim { color: GrayText }
  .scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: .5rem }
  table { border-collapse: collapse; width: 100% }
  th { text-align: left; font-weight: 600; background: var(--soft) }
  th, td { padding: .35rem .75rem; vertical-align: top; border-bottom: 1px solid var(--line) } tr:last-child td { border-bottom: 0 }
  td { max-width: 34rem; overflow-wrap: anywhere; font-variant-numeric: tabular-nums }
  pre { margin: 0; max-height: 30rem; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere; font: 12px/1.45 ui-monospace, monospace; background: var(--soft); padding: .6rem .8rem; border-radius: .4rem }
  summary { cursor: pointer; color: var(--accent) } details pre { margin-top: .3rem } .log { max-height: none }
  .tag { display: inline-block; padding: 0 .5rem; border-radius: 1rem; font-size: .85em; color: #fff; background: GrayText }
  .SUCCEEDED { background: var(--good) } .FAILED, .TIMED_OUT { background: var(--bad) } .RUNNING { background: var(--busy) }
  .bad { color: var(--bad) }
  .state { display: grid; grid-template-columns: 15rem 1fr 6rem; gap: .75rem; align-items: center; padding: .4rem .75rem }
  .lane { position: relative; height: 1rem; background: var(--soft); border-radius: .3rem }
  .bar { position: absolute; top: 0; bottom: 0; min-width: 3px; border-radius: .3rem; background: var(--good) }
  .failed .bar { background: var(--bad) } .failed .name { color: var(--bad) } .running .bar { background: var(--busy) }
  .step { border-bottom: 1px solid var(--line) } .step:last-child { border-bottom: 0 } .step summary { color: inherit; list-style: none }
  .data { display: grid; grid-template-columns: 1fr 1fr; gap: .75rem; padding: 0 .75rem .75rem }
  @media (max-width: 45rem) { .state { grid-template-columns: 1fr } .data { grid-template-columns: 1fr } }`;

export const sections = ['executions', 'queues', 'tables', 'functions', 'schedules', 'events'] as const;

export function page(title: string, mailbox: string, body: Html): string {
  const links = sections.map((name) => html`<a href="/#${name}">${name}</a>`);
  return html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title} · Batuta</title><style>${new Html(STYLE)}</style></head>
<body>
<header><strong><a href="/">Batuta on this machine</a></strong>${links}<a href="${mailbox}">mailbox</a><small>read only; times in UTC</small></header>
<main>${body}</main>
</body>
</html>
`.text;
}
