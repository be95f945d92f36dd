"""The style sheet of a page: light or dark as the reader's system is, readable at the width of a phone."""

STYLE = """
:root { color-scheme: light dark; --page: #fff; --ink: #1b1f24; --dim: #5f6b76; --line: #d5dae0; --accent: #0b62c4;
  --good: #1a7f37; --warn: #8a5a00; --bad: #c0232c; --c0: #0b62c4; --c1: #c2410c; --c2: #15803d; --c3: #7e22ce;
  --c4: #a16207; --c5: #64748b; --c6: #94a3b8; --c7: #b4bcc6 }
@media (prefers-color-scheme: dark) {
  :root { --page: #14181d; --ink: #e4e8ec; --dim: #9aa5b1; --line: #343c45; --accent: #6cb2ff; --good: #5cc878;
    --warn: #e3b341; --bad: #ff7b72; --c0: #6cb2ff; --c1: #ff9d5c; --c2: #5cc878; --c3: #c79bff; --c4: #e3b341;
    --c5: #9aa5b1; --c6: #77828e; --c7: #5a646f } }
* { box-sizing: border-box }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, sans-serif }
main { max-width: 60rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere }
h1 { font-size: 1.5rem; line-height: 1.2 } h2 { font-size: 1.1rem; margin: 1.6rem 0 .4rem } p { margin: .3rem 0 }
.banner { margin: 0; padding: .6rem 1rem; background: #a3126a; color: #fff; font-weight: 600; text-align: center }
.good { color: var(--good) } .warn { color: var(--warn) } .bad { color: var(--bad) } .accent { color: var(--accent) }
.dim, figcaption, footer { color: var(--dim); font-size: .9rem }
figure { margin: 0; max-width: 44rem } svg { display: block; width: 100%; height: auto }
svg text { fill: var(--dim); font: 12px system-ui, sans-serif }
.start { text-anchor: start } .middle { text-anchor: middle } .end { text-anchor: end }
.grid { stroke: var(--line) } .diagonal { stroke: var(--dim); stroke-dasharray: 4 4 }
.whisker { stroke: var(--c0); stroke-width: 1.5 } .dot { fill: var(--c0) }
.line { fill: none; stroke-width: 1.3; stroke: var(--c7) } .s0.line { stroke-width: 2.4 }
.line.s0 { stroke: var(--c0) } .line.s1 { stroke: var(--c1) } .line.s2 { stroke: var(--c2) }
.line.s3 { stroke: var(--c3) } .line.s4 { stroke: var(--c4) } .line.s5 { stroke: var(--c5) }
.line.s6 { stroke: var(--c6) }
rect.up { fill: var(--c0) } rect.down { fill: var(--c1) }
rect.calm { fill: #4c9f70 } rect.normal { fill: #9bb7a8 } rect.nervous { fill: #e0a63a } rect.crisis { fill: #c0392b }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: .2rem 1rem; margin: .3rem 0; padding: 0 }
.key { display: inline-block; width: .8rem; height: .8rem; margin-right: .4rem; background: var(--c7) }
.key.s0 { background: var(--c0) } .key.s1 { background: var(--c1) } .key.s2 { background: var(--c2) }
.key.s3 { background: var(--c3) } .key.s4 { background: var(--c4) } .key.s5 { background: var(--c5) }
.key.s6 { background: var(--c6) }
.key.calm { background: #4c9f70 } .key.normal { background: #9bb7a8 } .key.nervous { background: #e0a63a }
.key.crisis { background: #c0392b }
.wide { overflow-x: auto } table { border-collapse: collapse; font-size: .88rem; font-variant-numeric: tabular-nums }
th, td { padding: .2rem .7rem .2rem 0; text-align: left; vertical-align: top; white-space: nowrap }
td.text { white-space: normal; min-width: 12rem }
thead th { border-bottom: 1px solid var(--line) } .right { text-align: right } summary { cursor: pointer }
footer { margin: 2rem 0 1rem }
@media print { .wide { overflow: visible } }
"""
