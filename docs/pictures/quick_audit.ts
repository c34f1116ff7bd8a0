/**
 * Draws docs/pictures/quick_audit.svg from the files of an audit:
 *
 *     npx -y deno run --config docs/pictures/deno.json --allow-read --allow-write --allow-env \
 *       docs/pictures/quick_audit.ts audit-out/quick-<hash>
 *
 * Left the two numbers that are usually reported, right two of the diagnostics, epoch by epoch, one
 * line for each seed. Its packages are its own; users of the project never download them.
 */
import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";

interface Row {
  run: string;
  method: string;
  epoch: number;
  accuracy: number;
  gamma: number;
  growth: number;
  gradient: number;
}

const folder = Deno.args[0];
if (!folder) {
  console.error("error: name the folder of an audit, such as audit-out/quick-<hash>");
  Deno.exit(2);
}
const audit = JSON.parse(Deno.readTextFileSync(`${folder}/audit.json`));
const rows: Row[] = [];
for (const [name, method] of [["bp", "BP"], ["dfa", "DFA"]]) {
  for (const seed of audit.seeds) {
    const { epochs } = JSON.parse(
      Deno.readTextFileSync(`${folder}/runs/${name}-${seed}/evidence.json`),
    );
    for (const { epoch, accuracy, snapshot } of epochs) {
      rows.push({
        run: `${name}-${seed}`,
        method: method!,
        epoch,
        accuracy,
        gamma: snapshot.gamma.headline,
        growth: snapshot.growth.max,
        gradient: snapshot.gradientNorms.at(-1),
      });
    }
  }
}
const frozen = audit.methods.find((m: { method: string }) => m.method === "bp").frozenAccuracy.mean;
const { growth, reference } = audit.policy.thresholds;

const { document } = parseHTML("<html><body></body></html>");
const width = 330;
const height = 230;
const color = { domain: ["BP", "DFA"], range: ["#2563eb", "#d9480f"] };

function panel(
  column: "accuracy" | "gamma" | "growth" | "gradient",
  title: string,
  options: {
    type?: "log";
    domain: [number, number];
    rule?: { value: number; label: string };
  },
): SVGElement {
  const last = Math.max(...rows.map(({ epoch }) => epoch));
  const ends = rows.filter((r) => r.epoch === last && r.run.endsWith(`-${audit.seeds[0]}`));
  const marks = [
    Plot.line(rows, {
      x: "epoch",
      y: column,
      z: "run",
      stroke: "method",
      strokeWidth: 1.8,
    }),
    Plot.text(ends, {
      x: "epoch",
      y: column,
      text: "method",
      fill: "method",
      dx: 6,
      textAnchor: "start",
      fontWeight: "bold",
    }),
  ];
  if (options.rule) {
    const { value, label } = options.rule;
    marks.push(
      Plot.ruleY([value], { stroke: "#444", strokeDasharray: "4 3" }),
      Plot.text([label], { x: last, y: value, text: (d: string) => d, textAnchor: "end", dy: 10 }),
    );
  }
  return Plot.plot({
    document,
    width,
    height,
    marginTop: 34,
    marginRight: 42,
    marginLeft: 52,
    x: { label: "epoch", ticks: [5, 10, 15, 20] },
    y: {
      label: title,
      type: options.type ?? "linear",
      domain: options.domain,
      grid: true,
      ...(options.type === "log" ? { ticks: 6, tickFormat: (v: number) => power(v) } : {}),
    },
    color,
    marks,
  }) as unknown as SVGElement;
}

function power(value: number): string {
  const exponent = Math.log10(value);
  if (Math.abs(exponent - Math.round(exponent)) > 1e-9) return "";
  const digits = "⁰¹²³⁴⁵⁶⁷⁸⁹";
  const e = Math.round(exponent);
  return `10${e < 0 ? "⁻" : ""}${[...String(Math.abs(e))].map((d) => digits[Number(d)]).join("")}`;
}

const panels = [
  panel("accuracy", "test accuracy", {
    domain: [0, 1],
    rule: { value: frozen, label: "BP with frozen blocks" },
  }),
  panel("growth", "(a) growth: max ‖h_l+1‖ / ‖h_l‖", {
    type: "log",
    domain: [1, 1000],
    rule: { value: growth, label: `fires above ${growth}` },
  }),
  panel("gamma", "Γ, mean cosine with the true gradient", { domain: [0, 1.02] }),
  panel("gradient", "(b) reference: ‖g_L‖ at B = 128", {
    type: "log",
    domain: [1e-8, 1e-1],
    rule: { value: reference, label: `fires below ${power(reference)}` },
  }),
];
const heading = 46;
const parts = panels.map((svg, i) => {
  svg.setAttribute("x", String((i % 2) * (width + 20)));
  svg.setAttribute("y", String(heading + Math.floor(i / 2) * (height + 6)));
  return svg.outerHTML;
});
const total = { width: 2 * width + 20, height: heading + 2 * height + 12 };
const text = (x: number, y: number, s: string, extra = "") =>
  `<text x="${x}" y="${y}" font-family="system-ui, sans-serif" ${extra}>${s}</text>`;
const svg =
  `<svg xmlns="http://www.w3.org/2000/svg" width="${total.width}" height="${total.height}" viewBox="0 0 ${total.width} ${total.height}" role="img" aria-labelledby="t">` +
  `<title id="t">The quick audit, epoch by epoch: accuracy and alignment of DFA look calm while its residual stream grows and its true gradient shrinks</title>` +
  `<rect width="100%" height="100%" fill="white"/>` +
  text(8, 24, "What is usually reported", 'font-size="14" font-weight="bold"') +
  text(width + 28, 24, "What it does not show", 'font-size="14" font-weight="bold"') +
  parts.join("") + "</svg>\n";
Deno.writeTextFileSync(new URL("./quick_audit.svg", import.meta.url), svg);
console.log(`docs/pictures/quick_audit.svg: ${svg.length} characters`);
