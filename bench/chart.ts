// A small chart with logarithmic axes, as SVG.

/** One line of points. */
export interface Series {
  readonly name: string;
  readonly points: readonly Point[];
}

/** A measured value, with a few words to stand beside it. */
export interface Point {
  readonly x: number;
  readonly y: number;
  readonly label: string;
}

/** Axes side by side in one picture. */
export interface Panel {
  readonly title: string;
  /** What the horizontal axis counts; a tick stands at every x of the points. */
  readonly xName: string;
  readonly yName: string;
  readonly series: readonly Series[];
}

const WIDTH = 460;
const HEIGHT = 340;
const PLOT = { left: 58, right: 20, top: 44, bottom: 48 };
const COLOURS = ["#1f6fb2", "#c2571a", "#3a7d44"];
const MUTED = "#666";

/** The panels beside each other, black on white. */
export function drawChart(panels: readonly Panel[]): string {
  const width = WIDTH * panels.length;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${HEIGHT}" ` +
    `font-family="sans-serif" font-size="11">`,
    `<rect width="${width}" height="${HEIGHT}" fill="#fff"/>`,
    ...panels.map((panel, i) =>
      `<g transform="translate(${WIDTH * i} 0)">\n${drawPanel(panel)}\n</g>`
    ),
    "</svg>\n",
  ].join("\n");
}

function drawPanel({ title, xName, yName, series }: Panel): string {
  const points = series.flatMap(({ points }) => points);
  const xs = [...new Set(points.map(({ x }) => x))].sort((a, b) => a - b);
  const ys = points.map(({ y }) => y);
  const decades = {
    from: Math.floor(Math.log10(Math.min(...ys))),
    to: Math.ceil(Math.log10(Math.max(...ys))),
  };
  const [x0, x1] = [PLOT.left + 12, WIDTH - PLOT.right - 12];
  const [y0, y1] = [HEIGHT - PLOT.bottom, PLOT.top];
  const across = scale([Math.log2(xs[0]!), Math.log2(xs.at(-1)!)], [x0, x1]);
  const up = scale([decades.from, decades.to], [y0, y1]);
  const atX = (x: number) => across(Math.log2(x));
  const atY = (y: number) => up(Math.log10(y));
  const lines = [text(PLOT.left, 20, title, `font-weight="bold" font-size="13"`)];
  for (let decade = decades.from; decade <= decades.to; decade++) {
    const y = fixed(up(decade));
    lines.push(
      `<path d="M${PLOT.left} ${y}H${WIDTH - PLOT.right}" stroke="#ddd"/>`,
      text(PLOT.left - 6, Number(y) + 4, String(10 ** decade), `text-anchor="end"`),
    );
  }
  for (const x of xs) {
    lines.push(text(atX(x), y0 + 16, String(x), `text-anchor="middle"`));
  }
  lines.push(
    text((x0 + x1) / 2, HEIGHT - 12, xName, `text-anchor="middle" fill="${MUTED}"`),
    text(PLOT.left, PLOT.top - 8, yName, `text-anchor="end" fill="${MUTED}"`),
  );
  series.forEach(({ name, points }, s) => {
    const colour = COLOURS[s % COLOURS.length]!;
    const path = points.map(({ x, y }) => `${fixed(atX(x))} ${fixed(atY(y))}`).join("L");
    lines.push(`<path d="M${path}" fill="none" stroke="${colour}" stroke-width="1.5"/>`);
    const below = s > 0; // labels of the first line above it, of others below
    for (const { x, y, label } of points) {
      lines.push(
        `<circle cx="${fixed(atX(x))}" cy="${fixed(atY(y))}" r="3" fill="${colour}"/>`,
        text(
          atX(x),
          atY(y) + (below ? 17 : -8),
          label,
          `text-anchor="middle" font-size="9" fill="${colour}"`,
        ),
      );
    }
    lines.push(text(WIDTH - PLOT.right, 20 + 14 * s, name, `text-anchor="end" fill="${colour}"`));
  });
  return lines.join("\n");
}

/** Linear from one interval to another; to its middle where the first is a point. */
function scale(
  [from, to]: readonly [number, number],
  [start, end]: readonly [number, number],
): (value: number) => number {
  return (value) =>
    to === from ? (start + end) / 2 : start + (value - from) / (to - from) * (end - start);
}

function text(x: number, y: number, content: string, attributes: string): string {
  const escaped = content.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return `<text x="${fixed(x)}" y="${fixed(y)}" ${attributes}>${escaped}</text>`;
}

const fixed = (value: number): string => value.toFixed(1).replace(/\.0$/, "");
