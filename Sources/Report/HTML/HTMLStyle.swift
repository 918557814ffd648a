/// How the report looks, and the few lines that sort its tables.
enum HTMLStyle {
    /// Blue and orange, which the colour-blind tell apart; every state has a sign as well.
    static let sheet = """
        :root {
          --page: #f6f7f9; --card: #fff; --ink: #1b2430; --soft: #566273; --line: #dfe4ea;
          --good: #00659c; --bad: #b3420a; --open: #6b5a00; --heat: #0b5cad; --mark: #d95f0e;
          --field: #f0f3f7;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --page: #12161c; --card: #1a2028; --ink: #e6ebf1; --soft: #9aa7b6; --line: #2c3540;
            --good: #58b4ec; --bad: #ff9a5c; --open: #dcc65a; --heat: #6fbcff; --mark: #ff9a5c;
            --field: #151b22;
          }
        }
        * { box-sizing: border-box; }
        body {
          margin: 0 auto; max-width: 1180px; padding: 28px 20px 40px; background: var(--page);
          color: var(--ink); font: 15px/1.5 system-ui, "Segoe UI", "DejaVu Sans", sans-serif;
        }
        h1 { margin: 0 0 10px; font-size: 30px; line-height: 1.2; }
        h2 { margin: 0 0 12px; font-size: 20px; }
        h3 { margin: 22px 0 8px; font-size: 15px; }
        h3 small { margin-left: 8px; color: var(--soft); font-weight: 400; }
        p { margin: 0 0 10px; }
        .product { margin: 0 0 2px; color: var(--soft); font-size: 13px; }
        .note { color: var(--soft); font-size: 13px; max-width: 78ch; }
        section, header {
          margin-bottom: 18px; padding: 20px 22px; background: var(--card);
          border: 1px solid var(--line); border-radius: 10px;
        }
        .verdict {
          display: inline-flex; gap: 9px; align-items: baseline; padding: 5px 14px;
          border: 2px solid currentColor; border-radius: 8px; font-size: 17px;
        }
        .verdict span:last-child { font-size: 13px; }
        .good { color: var(--good); } .bad { color: var(--bad); } .open { color: var(--open); }
        .reasons { margin: 4px 0 14px; padding-left: 20px; }
        .facts {
          display: grid; grid-template-columns: repeat(auto-fill, minmax(185px, 1fr));
          gap: 12px 20px; margin: 14px 0 0; padding-top: 14px; border-top: 1px solid var(--line);
        }
        dt { color: var(--soft); font-size: 12px; }
        dd { margin: 0; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
        .scroll { margin-bottom: 10px; overflow-x: auto; }
        table { border-collapse: collapse; width: 100%; font-size: 13px; }
        th, td { padding: 5px 9px; border-bottom: 1px solid var(--line); text-align: left; }
        thead th { color: var(--soft); font-weight: 600; white-space: nowrap; }
        th.group { border-left: 1px solid var(--line); text-align: center; }
        tbody th { font-weight: 600; }
        .wide th, .wide td { padding: 5px 6px; }
        .wide tbody td:nth-child(5n + 4) { border-left: 1px solid var(--line); }
        .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
        .wrong { color: var(--bad); font-weight: 600; }
        .path { overflow-wrap: anywhere; min-width: 150px; }
        code, pre { font: 12.5px/1.45 ui-monospace, "DejaVu Sans Mono", monospace; }
        pre {
          margin: 8px 0 0; padding: 12px 14px; overflow-x: auto; background: var(--field);
          border: 1px solid var(--line); border-radius: 6px;
        }
        summary { cursor: pointer; color: var(--soft); font-size: 13px; }
        .state { font-weight: 600; white-space: nowrap; }
        .passed { color: var(--good); } .failed { color: var(--bad); }
        .inconclusive { color: var(--open); }
        th button {
          all: unset; cursor: pointer; color: inherit; font: inherit;
        }
        th button:focus-visible, summary:focus-visible { outline: 2px solid var(--good); }
        th button::after { content: " ↕"; opacity: 0.45; }
        th[aria-sort=ascending] button::after { content: " ↑"; opacity: 1; }
        th[aria-sort=descending] button::after { content: " ↓"; opacity: 1; }
        article + article { margin-top: 26px; border-top: 1px solid var(--line); }
        footer { color: var(--soft); font-size: 13px; }

        .chart { display: block; width: 100%; height: auto; margin: 4px 0 14px; }
        .chart text { font-family: inherit; fill: var(--ink); }
        .chart .tick { font-size: 11px; fill: var(--soft); }
        .chart .label, .chart .name { font-size: 12.5px; font-weight: 600; }
        .field { fill: var(--field); }
        .grid { stroke: var(--line); } .axis { stroke: var(--soft); }
        .h1 { fill: var(--heat); fill-opacity: .14; } .h2 { fill: var(--heat); fill-opacity: .26; }
        .h3 { fill: var(--heat); fill-opacity: .38; } .h4 { fill: var(--heat); fill-opacity: .5; }
        .h5 { fill: var(--heat); fill-opacity: .62; } .h6 { fill: var(--heat); fill-opacity: .74; }
        .h7 { fill: var(--heat); fill-opacity: .87; } .h8 { fill: var(--heat); }
        .chart .open { fill: url(#hatch); stroke: var(--mark); stroke-width: 1; }
        .hatch { stroke: var(--mark); stroke-width: 2; }
        .whisker { stroke: var(--soft); stroke-width: 1.5; }
        .bar { stroke: var(--heat); stroke-width: 7; stroke-opacity: 0.45; }
        .stop { stroke: var(--soft); stroke-width: 2; }
        .dot { fill: var(--heat); } .diamond { fill: var(--mark); }
        .session { fill: var(--card); stroke: var(--soft); stroke-width: 1.5; }
        .resource { fill: var(--field); stroke: var(--soft); stroke-width: 1.5; }
        .stuck { stroke: var(--bad); stroke-width: 2.5; }
        .edge-wants { stroke: var(--heat); stroke-width: 2; }
        .edge-held { stroke: var(--mark); stroke-width: 2; stroke-dasharray: 2 3; }
        .edge-wants.any { stroke-dasharray: 8 4; }
        .edge-wants.aside, .edge-held.aside { stroke-width: 1; opacity: 0.4; }
        .arrow-wants { fill: var(--heat); } .arrow-held { fill: var(--mark); }
        .chart .edge-label { font-size: 11.5px; }
        .edge-back { fill: var(--card); }

        @media print {
          :root {
            --page: #fff; --card: #fff; --ink: #000; --soft: #444; --line: #bbb; --field: #f4f4f4;
            --good: #00507c; --bad: #9a3300; --open: #5c4d00; --heat: #0b5cad; --mark: #c2500a;
          }
          body { max-width: none; padding: 0; font-size: 10.5pt; }
          section, header { border: 0; border-radius: 0; padding: 0 0 8px; }
          article, tr, svg { break-inside: avoid; }
          table { font-size: 8pt; } th, td { padding: 2px 4px; }
          .scroll { overflow: visible; } pre { white-space: pre-wrap; }
          th button::after { content: ""; }
          * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
        }

        """

    static let script = """
        for (const table of document.querySelectorAll("table.sortable")) {
          const heads = [...table.tHead.rows[0].cells];
          const body = table.tBodies[0];
          heads.forEach((head, column) => {
            const button = document.createElement("button");
            button.type = "button";
            button.append(...head.childNodes);
            head.append(button);
            button.addEventListener("click", () => {
              const down = head.getAttribute("aria-sort") !== "descending";
              for (const other of heads) other.removeAttribute("aria-sort");
              head.setAttribute("aria-sort", down ? "descending" : "ascending");
              const numeric = head.classList.contains("number");
              const key = (row) => {
                const text = row.cells[column].textContent;
                return numeric ? (text === "" ? -1 : Number(text)) : text;
              };
              const order = (a, b) => numeric ? key(a) - key(b) : key(a).localeCompare(key(b));
              const rows = [...body.rows].sort(order);
              body.append(...(down ? rows.reverse() : rows));
            });
          });
        }

        """
}
