/** The style sheet of the report: system fonts, one scale, colours by `light-dark()`. */
export const style = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#f6f7f9, #0e131a);
  --surface: light-dark(#ffffff, #151c26);
  --sunken: light-dark(#f2f4f7, #0f151d);
  --ink: light-dark(#17202c, #e6ebf2);
  --soft: light-dark(#4a5669, #adb8c7);
  --faint: light-dark(#5d697c, #93a0b2);
  --line: light-dark(#e0e5eb, #29323f);
  --firm: light-dark(#c9d1db, #3b4757);
  --accent: light-dark(#2a56c6, #93b4ff);
  --kept: light-dark(#1d7548, #52c58f);
  --broken: light-dark(#b3261e, #ff9388);
  --untested: light-dark(#8a5d00, #e3b355);
  --unrun: light-dark(#5d697c, #93a0b2);
  --critical: light-dark(#ab1f2d, #ff8f95);
  --serious: light-dark(#a8450b, #ffa771);
  --moderate: light-dark(#7d5c00, #e6c05c);
  --minor: light-dark(#45597a, #a5bbdc);
  --accept: light-dark(#2563c4, #82b1ff);
  --reject: light-dark(#7447b8, #c0a4f8);
  --either: light-dark(#0b727b, #5cc8d1);
  --changed: light-dark(#fdf0c4, #40330f);
  --changed-edge: light-dark(#d9a514, #d9a514);
  --wrong: light-dark(#fde3e1, #55201d);
  --wrong-edge: light-dark(#c93a31, #ef6a60);
  --mono: ui-monospace, SFMono-Regular, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace;
  --shadow: 0 1px 2px light-dark(#17202c0d, #0006), 0 6px 20px -8px light-dark(#17202c1f, #000a);
  --bar: 3.25rem;
  font: 100%/1.55 -apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, "Noto Sans", Ubuntu, Cantarell, "Helvetica Neue", Arial, sans-serif;
  font-size: clamp(93.75%, calc(78% + 0.19vw), 125%);
  scroll-padding-top: calc(var(--bar) + var(--chips, 0rem) + .75rem);
  -webkit-text-size-adjust: 100%;
}
:root[data-theme="light"] { color-scheme: light }
:root[data-theme="dark"] { color-scheme: dark }
*, ::before, ::after { box-sizing: border-box }
[hidden] { display: none !important }
:root:has(#active:not([hidden])) { --chips: 3rem }
:root:not(.scripted) .needs-script { display: none !important }
body { margin: 0; background: var(--ground); color: var(--ink); overflow-wrap: break-word }
h1, h2, h3, h4, p, ul, ol, dl, dd, figure, blockquote, pre { margin: 0; padding: 0; font-size: inherit }
h1, h2, h3, h4 { line-height: 1.25; letter-spacing: -0.011em; text-wrap: balance }
ul, ol { list-style: none }
small { font-size: .8667em; color: var(--soft) }
code, pre, kbd { font-family: var(--mono); font-size: .8667em; font-variant-ligatures: none }
pre code { font-size: inherit }
a { color: var(--accent); text-underline-offset: .18em; text-decoration-thickness: .06em }
a:hover { text-decoration-thickness: .12em }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px }
h2:focus-visible { outline-offset: 4px }
button, input { font: inherit; color: inherit }
button { cursor: pointer }
mark { background: none; color: inherit }
h1, h3, h4, dd, li, p, figcaption, blockquote, code, .name, .status { overflow-wrap: anywhere }
.visually-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
.skip { position: fixed; inset: -4rem auto auto 1rem; padding: .5rem 1rem; background: var(--surface); border: 1px solid var(--firm); border-radius: 8px; z-index: 9 }
.skip:focus { top: .5rem }
.note, .reason { color: var(--soft); font-size: .8667em }
.nothing { color: var(--faint) }
.unseen { padding: 0 .2em; border-radius: 3px; background: color-mix(in srgb, var(--reject) 20%, transparent); color: inherit }
.elided { display: inline-block; text-indent: 0; margin: 0 .4em; padding: 0 .5em; border-radius: 99px; background: var(--line); color: var(--soft); font: .9em/1.5 sans-serif }

.bar { position: sticky; top: 0; z-index: 5; display: flex; gap: 1rem; align-items: center; height: var(--bar); padding: 0 max(clamp(.75rem, 2vw, 2rem), calc((100vw - 112rem) / 2 + 2rem)); background: color-mix(in srgb, var(--ground) 88%, transparent); backdrop-filter: blur(10px); border-bottom: 1px solid var(--line) }
.logo { display: flex; gap: .55rem; align-items: center; color: var(--ink); font-weight: 650; letter-spacing: -.01em; text-decoration: none }
.bob { height: 1.5rem; width: auto; flex: none }
.logo .bob { color: var(--accent) }
.bar form { position: relative; flex: 1; max-width: 30rem; margin-inline: auto }
.bar input { width: 100%; height: 2.15rem; padding: 0 2.2rem 0 .8rem; border: 1px solid var(--firm); border-radius: 8px; background: var(--surface) }
.bar input::placeholder { color: var(--faint); opacity: 1 }
.bar kbd { position: absolute; right: .5rem; top: 50%; translate: 0 -50%; pointer-events: none }
.bar input:focus + kbd { display: none }
kbd { display: inline-block; min-width: 1.7em; padding: 0 .4em; text-align: center; border: 1px solid var(--firm); border-bottom-width: 2px; border-radius: 5px; background: var(--sunken); color: var(--soft) }
.tools { display: flex; gap: .4rem }
.quiet, .copy { display: inline-flex; align-items: center; gap: .4rem; min-height: 2rem; padding: 0 .7rem; border: 1px solid var(--line); border-radius: 8px; background: var(--surface); color: var(--soft); font-size: .8667rem }
.quiet:hover, .copy:hover, .filter:hover { border-color: var(--firm); color: var(--ink) }
.theme svg { width: 1rem; height: 1rem }
.theme span { min-width: 2.1em; text-align: left }
.round { min-width: 2rem; padding: 0; justify-content: center }
#active { position: sticky; top: var(--bar); z-index: 4; display: flex; flex-wrap: wrap; gap: .4rem; padding: .5rem clamp(.75rem, 2vw, 2rem); background: color-mix(in srgb, var(--accent) 9%, var(--ground)); border-bottom: 1px solid var(--line) }
#active button { max-width: 100%; min-height: 1.75rem; padding: 0 .7rem; border: 1px solid color-mix(in srgb, var(--accent) 40%, transparent); border-radius: 99px; background: var(--surface); font-size: .8667rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
#active button:last-child { border-color: transparent; background: none; color: var(--accent); text-decoration: underline }

.layout { max-width: 112rem; margin: 0 auto; padding: 0 clamp(.75rem, 2vw, 2rem) 4rem }
main { min-width: 0 }
nav { padding-top: 1rem }
nav ul { display: flex; flex-wrap: wrap; gap: .15rem .25rem }
nav a { display: flex; gap: .5rem; justify-content: space-between; padding: .3rem .6rem; border-radius: 7px; color: var(--soft); text-decoration: none; font-size: .9333rem }
nav a:hover { background: color-mix(in srgb, var(--ink) 6%, transparent); color: var(--ink) }
nav .count { white-space: nowrap; color: var(--faint); font-variant-numeric: tabular-nums }
main > section { margin-top: clamp(2.25rem, 4vw, 3.5rem) }
main > .summary { margin-top: 1.25rem }
.head { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; align-items: baseline; margin-bottom: 1rem }
.head h2 { font-size: 1.4667rem; font-weight: 680 }
.head h2 .count { margin-left: .25rem; color: var(--faint); font-weight: 400; font-size: .8em; font-variant-numeric: tabular-nums }
.head p { color: var(--soft); font-size: .9333rem; max-width: 60rem }
.empty { padding: 1.5rem; border: 1px dashed var(--firm); border-radius: 12px; color: var(--soft); text-align: center }
footer { padding: 1.5rem; color: var(--faint); text-align: center; font-size: .8667rem }

.summary { padding: clamp(1rem, 2.4vw, 2rem); background: var(--surface); border: 1px solid var(--line); border-radius: 16px; box-shadow: var(--shadow) }
.good { --tone: var(--kept) } .bad { --tone: var(--broken) } .unsure { --tone: var(--untested) }
.verdict { display: flex; gap: clamp(.9rem, 2vw, 1.5rem); align-items: flex-start }
.plumb { display: grid; place-items: start center; width: 3.75rem; height: 4.25rem; flex: none; overflow: hidden; border-radius: 14px; background: color-mix(in srgb, var(--tone) 12%, transparent); color: var(--tone) }
.plumb .bob { height: 3.4rem; transform-origin: 50% 0 }
.bad .plumb .bob { rotate: 16deg } .unsure .plumb .bob { rotate: -7deg }
.eyebrow { color: var(--tone); font-size: .8rem; font-weight: 700; letter-spacing: .07em; text-transform: uppercase }
h1 { font-size: clamp(1.45rem, 1.1rem + 1.6vw, 2.1rem); font-weight: 720; letter-spacing: -.022em }
.sentence { margin-top: .35rem; color: var(--soft); font-size: 1.0667rem }
.summary .verdict .reason { margin-top: .6rem; padding: .6rem .9rem; border-left: 3px solid var(--tone); background: color-mix(in srgb, var(--tone) 7%, transparent); border-radius: 0 8px 8px 0; color: var(--ink); font-size: .9333rem }
.facts { display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 3fr) minmax(0, 2fr) auto; gap: 1.1rem 2rem; margin: 1.6rem 0 1.25rem; padding-top: 1.25rem; border-top: 1px solid var(--line) }
dt { color: var(--faint); font-size: .8rem; font-weight: 600 }
.facts dd { font-size: .9333rem }
.facts dd small { display: inline-block; overflow-wrap: anywhere }
.zone-cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 13rem), 1fr)); gap: 1.25rem 2.25rem; margin-top: 1.6rem }
.zone-card h2 { font-size: 1rem; font-weight: 650 }
.zone-card h2 small { font-weight: 400; margin-left: .35rem }
.zone-card svg { display: block; width: 100%; height: .6rem; margin: .6rem 0 .5rem; border-radius: 99px; background: var(--line) }
.zone-card ul { display: flex; flex-wrap: wrap; gap: .1rem 1rem }
.zone-card li a { display: inline-flex; gap: .4rem; align-items: center; min-height: 1.7rem; color: var(--soft); text-decoration: none; font-size: .8667rem }
.zone-card li a:hover { text-decoration: underline }
.zone-card li b { color: var(--ink) }
.zone-card p { margin-top: .15rem; color: var(--faint); font-size: .8667rem; line-height: 1.45 }
rect.kept { fill: var(--kept) } rect.broken { fill: var(--broken) } rect.not-tested { fill: var(--untested) } rect.not-run { fill: var(--firm) }

i.kept, i.broken, i.not-tested, i.not-run { display: inline-block; width: .62rem; height: .62rem; flex: none; border-radius: 2.5px; background: var(--kept) }
i.broken { background: var(--broken); border-radius: 0; clip-path: polygon(22% 0, 50% 28%, 78% 0, 100% 22%, 72% 50%, 100% 78%, 78% 100%, 50% 72%, 22% 100%, 0 78%, 28% 50%, 0 22%) }
i.not-tested { background: none; border: 2px solid var(--untested) }
i.not-run { background: none; border: 1.5px dotted var(--unrun) }
.zone-name { font-weight: 650 }
.zone-name.accept { color: var(--accept) } .zone-name.reject { color: var(--reject) } .zone-name.either { color: var(--either) }

.filters { display: flex; flex-wrap: wrap; gap: .4rem; margin: 0 0 1rem }
.filters .gap { width: .6rem }
.filter { display: inline-flex; gap: .4rem; align-items: center; min-height: 2rem; padding: 0 .8rem; border: 1px solid var(--line); border-radius: 99px; background: var(--surface); color: var(--soft); font-size: .8667rem }
.filter b { font-variant-numeric: tabular-nums; color: var(--ink); font-weight: 600 }
.filter[aria-pressed="true"] { border-color: var(--accent); background: var(--accent); color: light-dark(#fff, #0b1220) }
.filter[aria-pressed="true"] b { color: inherit }

.finding { margin-bottom: .6rem; background: var(--surface); border: 1px solid var(--line); border-radius: 12px; --hue: var(--minor) }
.finding.critical { --hue: var(--critical) } .finding.serious { --hue: var(--serious) } .finding.moderate { --hue: var(--moderate) }
.finding[open] { box-shadow: var(--shadow); margin-block: .9rem }
.finding.current { border-color: var(--accent) }
.finding > summary { display: grid; grid-template-columns: 5.4rem minmax(0, 1fr) auto 1rem; gap: .2rem 1rem; align-items: center; padding: .7rem 1.1rem; border-radius: 12px; cursor: pointer; list-style: none }
.finding > summary::-webkit-details-marker { display: none }
.finding > summary:hover { background: color-mix(in srgb, var(--ink) 3%, transparent) }
.finding > summary::after { content: ""; width: .5rem; height: .5rem; border: solid var(--faint); border-width: 0 1.5px 1.5px 0; rotate: 45deg; translate: 0 -.1rem }
.finding[open] > summary::after { rotate: 225deg; translate: 0 .1rem }
.severity { justify-self: start; padding: .1rem .6rem; border-radius: 99px; background: color-mix(in srgb, var(--hue) 12%, transparent); color: var(--hue); font-size: .8rem; font-weight: 650 }
.what { display: flex; flex-wrap: wrap; gap: 0 .9rem; align-items: baseline; min-width: 0 }
.finding h3 { font-size: 1rem; font-weight: 620; text-wrap: wrap }
.where { color: var(--soft); min-width: 0 }
.tally { display: flex; gap: .7rem; align-items: center; color: var(--soft); font-size: .8667rem; font-variant-numeric: tabular-nums; white-space: nowrap }
.tally b { color: var(--ink) }
.standing { padding: .02rem .5rem; border: 1px solid var(--firm); border-radius: 99px; color: var(--soft) }
.standing.new { border-color: var(--accent); color: var(--accent); font-weight: 600 } .standing.expired { border-color: var(--broken); color: var(--broken); font-weight: 600 }
.gone { margin-top: 1rem; padding: 1rem 1.1rem; border: 1px solid var(--line); border-radius: 12px; background: var(--surface) }
.gone h3 { font-size: 1rem; font-weight: 620 } .gone h3 .count { color: var(--faint); font-weight: 400 }
.gone li { display: flex; flex-wrap: wrap; gap: 0 .9rem; align-items: baseline; padding-top: .45rem; color: var(--soft); font-size: .9333rem }
.gone li b { color: var(--ink); font-weight: 500 }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 9rem), 1fr)); gap: .8rem; margin-top: 1.6rem }
.tiles a { display: block; padding: .7rem 1rem; border: 1px solid var(--line); border-radius: 12px; color: var(--soft); text-decoration: none; font-size: .9333rem }
.tiles a:hover { border-color: var(--firm) }
.tiles b { display: block; color: var(--ink); font-size: 1.6rem; line-height: 1.2; font-variant-numeric: tabular-nums }
.tiles .worse b { color: var(--broken) } .tiles .better b { color: var(--kept) }
.facts.two { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr) }
.tiles span { display: block; padding: .7rem 1rem; border: 1px solid var(--line); border-radius: 12px; color: var(--soft); font-size: .9333rem }
.tiles li > * { height: 100% }
.kills { table-layout: fixed; width: 100%; background: var(--surface); border: 1px solid var(--line); border-radius: 12px; border-collapse: separate; border-spacing: 0; overflow: hidden }
.kills thead th { padding: .35rem .5rem .35rem 1rem; text-align: left; color: var(--faint); font-size: .8rem; font-weight: 600; border-bottom: 1px solid var(--line) }
.kills tbody th, .kills td { padding: .45rem .5rem .45rem 1rem; text-align: left; font-weight: 400; vertical-align: top; border-bottom: 1px solid color-mix(in srgb, var(--line) 60%, transparent) }
.kills tbody tr:last-child > * { border-bottom: 0 }
.kills small, .kills .reason { display: block }
.kills .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; padding-right: 1rem }
.kills .unit { display: none }
.kills thead th:first-child { width: 32% } .kills thead .number { width: 5.5rem } .kills code { overflow-wrap: anywhere }

.moved { display: grid; gap: .6rem }
.moved li { padding: .8rem 1.1rem; border: 1px solid var(--line); border-radius: 12px; background: var(--surface) }
.moved h3 { font-size: 1rem; font-weight: 620; text-wrap: wrap }
.moved dl { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: .15rem .9rem; margin-top: .35rem; font-size: .9333rem }
.moved dl div { display: contents }
.moved dt { line-height: 1.75 }
.flaky { padding: .02rem .5rem; border: 1px dashed var(--untested); border-radius: 99px; color: var(--untested) }
.story { display: grid; gap: 1.4rem; padding: .9rem 1.1rem 1.1rem; border-top: 1px solid var(--line) }
.story > * { min-width: 0 }
h4 { color: var(--faint); font-size: .8rem; font-weight: 650; letter-spacing: 0; margin-bottom: .35rem }
h4 small { font-size: 1em; font-weight: 400; color: inherit }
.why { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)); gap: 1.2rem 1.5rem }
.promise, .message { font-size: 1.0333rem; max-width: 46rem }
.docs { margin-top: .6rem; padding: .1rem 0 .1rem .9rem; border-left: 3px solid var(--line); font-size: .8667rem; color: var(--soft) }
.docs.none { border: 0; padding-left: 0 }
.docs blockquote { color: var(--ink) }
.docs blockquote::before { content: "“" } .docs blockquote::after { content: "”" }
.docs code { font-size: 1em }
.comparison { display: grid; grid-template-columns: auto 1fr; gap: .3rem .9rem; margin-top: .7rem; font-size: .9333rem }
.comparison > div { display: contents }
.comparison dt { line-height: 1.75 }
.owed dt { color: var(--kept) } .got dt { color: var(--broken) }
.sides { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)); gap: 1.2rem 1.5rem }
.side { display: grid; grid-template-rows: subgrid; grid-row: span 3; row-gap: 0; min-width: 0 }
.changes { margin-bottom: .6rem; font-size: .9rem }
.changes li { padding-left: 1.1rem; text-indent: -1.1rem }
.changes li::before { content: "→"; display: inline-block; width: 1.1rem; text-indent: 0; color: var(--faint) }
.changes .value { padding: .05em .35em; border-radius: 4px; background: var(--changed); overflow-wrap: anywhere }
.changes.plain { color: var(--soft) }
.wire { display: flow-root; min-width: 0; border: 1px solid var(--line); border-radius: 10px; background: var(--sunken); overflow: hidden }
.start { padding: .5rem .9rem; border-bottom: 1px solid var(--line); font-family: var(--mono); font-size: .8667em; overflow-wrap: anywhere }
.took { float: right; margin-left: 1rem; color: var(--soft) }
.start mark, .line mark { border-radius: 3px }
.request .start mark { background: var(--changed) }
.answer .start mark { padding: .1em .35em; background: var(--wrong) }
.status.s2 { color: var(--kept) } .status.s3, .status.s1 { color: var(--accept) } .status.s4 { color: var(--moderate) } .status.s5, .status.fault { color: var(--broken) }
.wire pre, .command pre { white-space: pre-wrap; overflow-wrap: anywhere; font-size: .8333em; line-height: 1.6; tab-size: 4; unicode-bidi: isolate; direction: ltr; text-align: left }
.headers { padding: .5rem 0; color: var(--soft); border-bottom: 1px solid var(--line) }
.body { padding: .6rem 0 }
.line { display: block; padding: 0 .9rem 0 calc(.9rem + (var(--d) + 1) * 2ch); text-indent: calc((var(--d) + 1) * -2ch); --d: 0 }
.d1 { --d: 1 } .d2 { --d: 2 } .d3 { --d: 3 } .d4 { --d: 4 } .d5 { --d: 5 } .d6 { --d: 6 } .d7 { --d: 7 } .d8 { --d: 8 } .d9 { --d: 9 } .d10 { --d: 10 } .d11 { --d: 11 } .d12 { --d: 12 }
.line .k { color: var(--ink) } .line .s { color: var(--either) } .line .n, .line .l { color: var(--reject) }
.headers .k { color: var(--soft) }
.line.marked { color: var(--ink); box-shadow: inset 3px 0 var(--edge); background: var(--tint) }
.request { --tint: var(--changed); --edge: var(--changed-edge) }
.answer { --tint: var(--wrong); --edge: var(--wrong-edge) }
.line.marked .k, .line.marked .s, .line.marked .n, .line.marked .l { color: inherit }
.line s { opacity: .85 } .line em { font-family: sans-serif; font-size: .95em }
.aside { float: right; margin-left: 1rem; text-indent: 0; font: .8667em/1.8 -apple-system, "Segoe UI", Roboto, Arial, sans-serif; color: var(--soft) }
.wire .nothing, .wire .fault { padding: .7rem .9rem; font-size: .9rem }
.wire .fault { background: var(--wrong); color: var(--ink) }
.wire + .note, .wire .note { padding: .4rem .9rem .6rem }
.fold > summary { padding: .3rem .9rem; color: var(--accent); cursor: pointer; font-family: sans-serif }
.again { display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); gap: 1.2rem 2rem }
.commands { display: grid; gap: .8rem; align-content: start }
.command { border: 1px solid var(--line); border-radius: 10px; background: var(--sunken); overflow: hidden }
.command .label { display: flex; justify-content: space-between; align-items: center; min-height: 2.4rem; padding: 0 .35rem 0 .9rem; border-bottom: 1px solid var(--line); font-size: .8667rem; color: var(--soft) }
.command .label b { font-weight: 600 }
.copy { min-height: 1.75rem; border-color: transparent; background: none; color: var(--accent) }
.command pre { padding: .6rem .9rem }
.repeat { margin-top: .5rem }
.traits { display: grid; gap: .5rem; align-content: start; font-size: .9rem }
.traits > div { display: grid; grid-template-columns: 8rem minmax(0, 1fr); gap: 0 .8rem }
.traits dt { line-height: 1.85 }
.shrink { display: flex; flex-wrap: wrap; gap: 0 .4rem }
.shrink li:not(:last-child)::after { content: " →"; color: var(--faint) }
.shrink .skipped::before { content: "… "; color: var(--faint) }
.rule { display: inline-block; min-height: 1.7rem; font-family: var(--mono); font-size: .8667em; line-height: 1.9; overflow-wrap: anywhere }
.chips { display: grid; justify-items: start }
.link { font-size: .8667rem }
.link a { color: var(--soft) }
.operation > summary { padding: .9rem 0 .6rem; font-weight: 600; cursor: pointer }
.rest > summary { padding: .7rem 1.1rem; margin-bottom: .6rem; border: 1px dashed var(--firm); border-radius: 12px; color: var(--accent); cursor: pointer; text-align: center }
.rest .finding { content-visibility: auto; contain-intrinsic-size: auto 3rem }

.legend { display: flex; flex-wrap: wrap; gap: .2rem 1rem; font-size: .8667rem; color: var(--soft) }
.legend li { display: flex; gap: .4rem; align-items: center }
.trees { display: grid; grid-template-columns: minmax(0, 2fr) minmax(0, 1fr); gap: 1.25rem; align-items: start }
table { border-collapse: collapse; width: 100%; font-size: .9rem }
caption { text-align: left; font-weight: 650; padding: .75rem 1rem .35rem }
.tree, .rules, .statuses table { background: var(--surface); border: 1px solid var(--line); border-radius: 12px; border-collapse: separate; border-spacing: 0; overflow: hidden }
.tree thead th, .rules thead th, .statuses thead th { padding: .35rem 1rem; text-align: left; color: var(--faint); font-size: .8rem; font-weight: 600; border-bottom: 1px solid var(--line) }
.tree td, .tree tbody th { padding: .28rem .25rem .28rem 1rem; border-bottom: 1px solid color-mix(in srgb, var(--line) 60%, transparent); text-align: left; font-weight: 400; vertical-align: middle }
.tree tbody:last-child tr:last-child > * { border-bottom: 0 }
.tree tbody th { min-width: calc(9.5rem + var(--d, 0) * 1.25rem); padding-left: calc(1rem + var(--d, 0) * 1.25rem) }
.tree td:last-child { padding-right: .75rem }
.tree.answer td { white-space: nowrap }
.tree.answer tbody th { min-width: 0 }
.tree .group th { padding-top: .8rem; font-weight: 650; border-bottom: 1px solid var(--line) }
.tree .group span { color: var(--faint); font-weight: 400; margin-left: .4rem }
.tree .name { font-family: var(--mono); font-size: .8667em; margin-right: .6rem }
.tree .type { display: inline-block; color: var(--faint); font-size: .8667em; overflow-wrap: anywhere }
.tree .type b { font-weight: 400; color: var(--soft) }
.pill { display: inline-flex; align-items: center; min-height: 1.65rem; padding: 0 .45rem; margin-left: -.45rem; border-radius: 7px; color: var(--soft); font-size: .8667em; text-decoration: none; white-space: nowrap }
.pill > span { display: inline-flex; gap: 2px; align-items: center }
.pill > span:has(> i:only-of-type) { gap: .4rem }
a.pill:hover { background: color-mix(in srgb, var(--ink) 8%, transparent); color: var(--ink) }
.pill.broken { background: color-mix(in srgb, var(--broken) 11%, transparent); color: var(--broken) }
.pill.silent { margin-left: 0; border: 1px dashed var(--firm); min-height: 1.6rem }
.pill .more { margin-left: .25rem } .pill .more::after { content: "+" attr(data-more) }
.legend .pill { min-height: 0; font-size: 1em }

.rules th, .rules td { vertical-align: top }
.rules tbody th, .rules td { padding: .38rem .5rem .38rem 1rem; text-align: left; font-weight: 400; border-bottom: 1px solid color-mix(in srgb, var(--line) 60%, transparent) }
.rules tbody tr:last-child > * { border-bottom: 0 }
.rules tr.current { background: color-mix(in srgb, var(--accent) 9%, transparent) }
.rules { table-layout: fixed }
.rules th:first-child { width: 32% } .rules .zone { width: 4.8rem } .rules .result { width: 10.5rem } .rules .cases { width: 4.2rem } .rules .rate { width: 6.8rem }
.rules tbody code { overflow-wrap: anywhere }
.rules .promise { font-size: .9333em; color: var(--soft) }
.rules .reason { display: block; font-size: .9333em }
.rest.kept-rules > summary { margin: .6rem 0 }
.rules .reason { color: var(--untested) }
.rules .number { padding-right: 1rem }
.rules .number, .statuses .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
.rules .zone, .rules .result { white-space: nowrap }
.rules .cases .unit, .rules .rate .unit { display: none }
.rules b { font-weight: 400 }
.result-name { font-weight: 600 }
.result-name.kept { color: var(--kept) } .result-name.broken { color: var(--broken) } .result-name.not-tested { color: var(--untested) } .result-name.not-run { color: var(--unrun) }
.result a { display: inline-block; margin-left: .5rem; min-height: 1.6rem }

.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); gap: 1.25rem; margin-bottom: 1.25rem }
.timeline { display: flex; flex-direction: column }
.timeline .plot, .plot svg { flex: 1; min-height: 9rem }
.timeline .plot { display: flex }
.charts.two { grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)) }
.chart { padding: 1rem 1.1rem; background: var(--surface); border: 1px solid var(--line); border-radius: 12px; min-width: 0 }
.chart figcaption { display: flex; flex-wrap: wrap; gap: 0 .75rem; align-items: baseline; margin-bottom: .8rem; color: var(--soft); font-size: .9rem }
.chart figcaption b { color: var(--ink) }
.chart.accept, svg.accept { --hue: var(--accept) } .chart.reject, svg.reject { --hue: var(--reject) } .chart.either, svg.either { --hue: var(--either) }
.chart.accept b, .chart.reject b, .chart.either b { color: var(--hue) }
.chart > svg { display: block; width: 100%; height: 7.5rem; border-bottom: 1px solid var(--firm) }
.bars rect { fill: color-mix(in srgb, var(--hue) 75%, transparent) }
.marks line { stroke: var(--ink); stroke-width: 1; stroke-dasharray: 3 3; vector-effect: non-scaling-stroke; opacity: .55 }
.axis { display: flex; margin-top: .25rem; color: var(--faint); font-size: .7333rem; font-variant-numeric: tabular-nums }
.axis span { flex: 1 1 0; min-width: 0; text-align: right; translate: 50% 0; white-space: nowrap }
.axis span:last-child { visibility: hidden }
.percentiles { display: grid; grid-template-columns: repeat(4, auto); justify-content: space-between; margin-top: .7rem; font-size: .9rem; font-variant-numeric: tabular-nums }
.chart.statuses { padding: 0; border: 0; background: none }
.statuses tbody th, .statuses td { padding: .35rem 1rem; text-align: left; font-weight: 400; border-bottom: 1px solid color-mix(in srgb, var(--line) 60%, transparent) }
.statuses tr:last-child > * { border-bottom: 0 }
.statuses td svg { display: inline-block; width: clamp(1.5rem, 2vw + .5rem, 4rem); height: .45rem; margin-left: .7rem; border-radius: 99px; overflow: hidden }
.statuses rect { fill: var(--hue) } .statuses rect.track { fill: var(--line) }
.statuses thead .number { padding-right: calc(1.7rem + clamp(1.5rem, 2vw + .5rem, 4rem)) }
.statuses .status { font-family: var(--mono); font-weight: 650 }
.plot { position: relative }
.plot svg { display: block; width: 100%; height: auto; border-bottom: 1px solid var(--firm) }
.peak { position: absolute; top: -.25rem; right: 0; color: var(--faint); font-size: .8rem }
.plot .sent { fill: light-dark(#b9c6d8, #46566c) } .plot .failed { fill: var(--broken) }
.key { display: inline-flex; gap: .35rem; align-items: center }
.key i { width: .62rem; height: .62rem; border-radius: 2.5px; background: light-dark(#b9c6d8, #46566c) } .key i.failed { background: var(--broken) }
.ends { display: flex; justify-content: space-between; margin-top: .25rem; color: var(--faint); font-size: .8rem }

.silences { display: grid; gap: .6rem }
.silence { display: grid; grid-template-columns: minmax(0, 2fr) minmax(0, 3fr); gap: .4rem 2rem; padding: .9rem 1.1rem; background: var(--surface); border: 1px solid var(--line); border-radius: 12px }
.silence.current { border-color: var(--accent) }
.silence code { color: var(--soft) }
.silence h3 { font-size: 1rem; font-weight: 620; text-wrap: wrap }
.silence dl { display: grid; grid-auto-flow: column; grid-auto-columns: 1fr; gap: .4rem 2rem; font-size: .9333rem }
.observed dd { font-weight: 600 }

.notes { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: 1.25rem 2.5rem }
.notes h3 { margin-bottom: .4rem; font-size: 1rem; font-weight: 620 }
.notes li { display: flex; flex-wrap: wrap; gap: 0 1rem; justify-content: space-between; padding: .4rem 0; border-bottom: 1px solid var(--line); font-size: .9333rem }
.notes li span:first-child { flex: 1 1 16rem }
.notes .blocked li { display: block }
.notes .blocked code { display: block; color: var(--soft) }
.times { color: var(--faint); white-space: nowrap }

dialog { width: min(30rem, calc(100vw - 2rem)); padding: 1.4rem 1.6rem; border: 1px solid var(--firm); border-radius: 14px; background: var(--surface); color: var(--ink); box-shadow: var(--shadow) }
dialog::backdrop { background: #0b10178c }
dialog .head { justify-content: space-between }
dialog dl { display: grid; gap: .4rem; margin-bottom: 1rem }
dialog dl div { display: grid; grid-template-columns: 5rem 1fr; gap: 1rem }
dialog p { margin-top: .6rem }
dialog input { width: 1.1rem; height: 1.1rem; margin: 0 .4rem 0 0; vertical-align: -.15rem; accent-color: var(--accent) }

@media (min-width: 75rem) {
  .layout:not(.single) { display: grid; grid-template-columns: 13.75rem minmax(0, 1fr); gap: clamp(1.5rem, 2.5vw, 3.5rem) }
  nav { position: sticky; top: calc(var(--bar) + var(--chips, 0rem)); align-self: start; padding-top: 1.75rem }
  nav ul { flex-direction: column }
}
@media (max-width: 88rem) {
  .trees { grid-template-columns: minmax(0, 1fr) }
}
@media (max-width: 62rem) {
  .again { grid-template-columns: minmax(0, 1fr) }
  .silence { grid-template-columns: minmax(0, 1fr) }
}
@media (max-width: 44rem) {
  .facts { grid-template-columns: 1fr 1fr }
  .facts > div:nth-child(-n+2) { grid-column: 1 / -1 }
  .theme span { display: none }
  .bar { gap: .6rem }
  .bar kbd { display: none }
  .logo span { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
  .where { flex-basis: 100% }
  .statuses td svg { display: none } .statuses thead .number { padding-right: 1rem }
  .tree.answer tbody th:not([colspan]) { flex: 1 1 0; min-width: 0 }
  .tree td[data-zone]::before { content: attr(data-zone) " "; margin-right: .6rem; color: var(--faint); font-size: .8667em }
  .facts.two > div { grid-column: 1 / -1 }
  .finding .tally { flex-wrap: wrap; justify-content: flex-end }
  .verdict { display: block }
  .verdict .plumb { float: right; margin: 0 0 .5rem 1rem; width: 2.75rem; height: 3.1rem; border-radius: 10px }
  .plumb .bob { height: 2.5rem }
  .finding > summary { grid-template-columns: minmax(0, 1fr) auto 1rem; padding: .7rem .8rem }
  .finding .what { grid-column: 1 / -1; grid-row: 2 }
  .story { padding: .9rem .8rem }
  .traits > div { grid-template-columns: minmax(0, 1fr) }
  .silence dl { grid-auto-flow: row }
  .rules, .rules tbody, .rules tr, .rules th, .rules td { display: block }
  .rules thead { display: none }
  .rules tbody tr { display: flex; flex-wrap: wrap; gap: 0 1rem; padding: .6rem .9rem; border-bottom: 1px solid var(--line) }
  .rules tbody th, .rules td { padding: 0; border: 0 }
  .rules tbody th, .rules .promise { flex: 1 0 100% }
  .rules th:first-child, .rules td.zone, .rules td.result, .rules td.cases, .rules td.rate { width: auto }
  .kills, .kills tbody, .kills tr, .kills th, .kills td { display: block }
  .kills thead { display: none }
  .kills tbody tr { display: flex; flex-wrap: wrap; gap: .2rem 1rem; padding: .7rem .9rem; border-bottom: 1px solid var(--line) }
  .kills tbody th, .kills td, .kills .number { padding: 0; border: 0 }
  .kills tbody th, .kills .told { flex: 1 0 100% }
  .kills .unit { display: inline; color: var(--faint) } .kills td:empty { display: none }
  .rules .cases .unit, .rules .rate .unit { display: inline } .rules .rate .below { display: none }
  .tree, .tree tbody, .tree tr, .tree th, .tree td, .tree caption { display: block }
  .tree thead { display: none }
  .tree tbody tr { display: flex; flex-wrap: wrap; gap: 0 .9rem; align-items: center; padding: .35rem .9rem; border-bottom: 1px solid color-mix(in srgb, var(--line) 60%, transparent) }
  .tree tbody th { flex: 1 0 100%; min-width: 0; padding: 0 0 0 calc(var(--d, 0) * .9rem); border: 0 }
  .tree td { padding: 0; border: 0 } .tree td:empty { display: none }
}
@media (forced-colors: active) {
  i.kept, i.broken, .bars rect { forced-color-adjust: none }
  .line.marked { border-left: 3px solid Highlight }
}
@media print {
  :root, :root[data-theme] { color-scheme: light; font-size: 10pt; --ground: #fff; --shadow: none }
  .bar, nav, .filters, .copy, .skip, .link, #active, dialog, .finding > summary::after { display: none !important }
  .layout { display: block; max-width: none; padding: 0 }
  .summary { border: 0; padding: 0 }
  details::details-content { content-visibility: visible; display: block }
  .finding, .chart, .silence, tr { break-inside: avoid-page }
  .finding[open] { break-inside: auto }
  h2, summary { break-after: avoid }
  a { color: inherit; text-decoration: none }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact }
}
`
