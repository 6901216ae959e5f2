// Slides the window over the image, writes out every product and sum; all of it in the browser.
const STEP_MS = 900;
const WRITTEN_OUT = 9;  // products in a line; of more, a grid and their sums

let decimal = ".";  // as the page's language writes it
const tidy = (value) => String(Math.round(value * 100) / 100).replace("-0", value < 0 && Math.round(value * 100) ? "-0" : "0").replace("-", "−").replace(".", decimal);

function tint(value, most) {
  const share = most ? Math.min(1, Math.abs(value) / most) : 0;
  return value < 0 ? `rgba(217,130,0,${0.55 * share})` : `rgba(11,110,153,${0.55 * share})`;
}

function grid(rows, { title, small = false, lit = new Set(), border = null, known = Infinity, onPick = null }) {
  const figure = document.createElement("figure");
  const caption = document.createElement("figcaption");
  caption.textContent = title;
  const table = document.createElement("table");
  if (small || rows.length > 8 || rows[0].length > 8) table.className = "small";
  const most = Math.max(...rows.flat().map(Math.abs));
  rows.forEach((row, i) => {
    const line = table.insertRow();
    row.forEach((value, j) => {
      const cell = line.insertCell(), number = i * row.length + j;
      const seen = number < known;
      cell.textContent = seen ? tidy(value) : "";
      if (seen) cell.style.background = tint(value, most);
      if (border && border(i, j)) cell.classList.add("zero");
      if (lit.has(number)) cell.classList.add("lit");
      if (onPick) { cell.classList.add("pick"); cell.onclick = () => onPick(number); }
    });
  });
  figure.append(caption, table);
  return figure;
}

const sign = (text) => Object.assign(document.createElement("span"), { className: "sign", textContent: text });

function window_(corner, size, columns) {
  const cells = new Set();
  for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) cells.add((corner[0] + i) * columns + corner[1] + j);
  return cells;
}

function inside(data, i, j) {
  const [top, left] = data.border;
  return i >= top && j >= left && i < top + data.image_shape[0] && j < left + data.image_shape[1];
}

function sum(terms, bias, result) {
  const parts = terms.map(([a, b]) => `${tidy(a)}·${b < 0 ? "(" + tidy(b) + ")" : tidy(b)}`);
  return parts.join(" + ") + (bias ? ` + ${bias < 0 ? "(" + tidy(bias) + ")" : tidy(bias)}` : "") + ` = ${tidy(result)}`;
}

const few = (data) => data.kernel.length * data.kernel[0].length ** 2 <= WRITTEN_OUT;

// The products of one step, a grid for each channel.
const products = (data, [row, column]) => data.kernel.map((plane, channel) =>
  plane.map((line, i) => line.map((weight, j) => data.padded[channel][row + i][column + j] * weight)));

function named(word, data, channel) {
  return data.kernel.length === 1 ? word : `${word}, ${data.words.channel.replace("{number}", channel + 1)}`;
}

// Image ∗ kernel, and with many products these too, for one channel.
function channelLine(data, channel, lit, corner) {
  const words = data.words, small = data.kernel.length > 1, line = document.createElement("div");
  line.className = "line";
  line.append(
    grid(data.padded[channel], { title: named(words.image, data, channel), small, lit, border: (i, j) => !inside(data, i, j) }),
    sign("∗"), grid(data.kernel[channel], { title: words.kernel, small }),
  );
  if (!few(data)) line.append(sign("="), grid(products(data, corner)[channel], { title: words.products, small }));
  return line;
}

function draw(root, data, step) {
  const words = data.words;
  const n = data.corners.length, m = data.pool_corners.length, columns = data.padded[0][0].length;
  const pooling = step >= n;
  const at = pooling ? n - 1 : step;
  const size = data.kernel[0].length, corner = data.corners[at];
  const go = (number) => jump(root, number);
  const lit = pooling ? new Set() : window_(corner, size, columns);
  const lines = data.kernel.map((_plane, channel) => channelLine(data, channel, lit, corner));
  const result = data.kernel.length === 1 && few(data) ? lines[0] : Object.assign(document.createElement("div"), { className: "line" });
  const channels = Object.assign(document.createElement("div"), { className: "channels" });
  channels.append(...lines);
  result.append(
    sign(result === lines[0] ? "=" : "Σ ="), grid(data.output, { title: words.output, lit: new Set(pooling ? [] : [at]), known: pooling ? Infinity : at + 1, onPick: go }),
  );
  if (data.active) result.append(sign("→"), grid(data.active, {
    title: words.active, known: pooling ? Infinity : at + 1,
    lit: pooling ? window_(data.pool_corners[step - n], data.pool_size, data.active[0].length) : new Set([at]),
  }));
  if (m) result.append(sign("→"), grid(data.pooled, { title: words.pooled, known: pooling ? step - n + 1 : 0,
    lit: new Set(pooling ? [step - n] : []), onPick: (number) => go(n + number) }));
  root.querySelector(".grids").replaceChildren(channels, ...(result === lines[0] ? [] : [result]));
  root.querySelector(".sum").textContent = pooling ? poolSum(data, step - n) : convSum(data, corner, at);
  root.querySelector(".where").textContent = words.step.replace("{step}", step + 1).replace("{steps}", n + m);
}

function convSum(data, [row, column], at) {
  const value = data.output.flat()[at];
  const after = data.active ? `   →   ${data.words.active}: ${tidy(data.active.flat()[at])}` : "";
  if (!few(data)) return sums(data, [row, column], value) + after;
  const terms = data.kernel.flatMap((plane, channel) =>
    plane.flatMap((line, i) => line.map((weight, j) => [data.padded[channel][row + i][column + j], weight])));
  return sum(terms, data.bias, value) + after;
}

// The sum of the products of each channel: all of them would fill the screen.
function sums(data, corner, value) {
  const totals = products(data, corner).map((plane) => tidy(plane.flat().reduce((a, b) => a + b, 0)));
  const parts = totals.map((total, channel) => (totals.length === 1 ? total : `${total} (${data.words.channel.replace("{number}", channel + 1)})`));
  return parts.join(" + ") + (data.bias ? ` + ${tidy(data.bias)} (${data.words.bias})` : "") + ` = ${tidy(value)}`;
}

function poolSum(data, number) {
  const source = data.active ?? data.output, [row, column] = data.pool_corners[number], size = data.pool_size;
  const values = source.slice(row, row + size).flatMap((line) => line.slice(column, column + size)).map(tidy);
  const result = tidy(data.pooled.flat()[number]);
  return data.pool_kind === "max" ? `max(${values.join("; ")}) = ${result}` : `(${values.join(" + ")}) / ${values.length} = ${result}`;
}

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".convolution");
  decimal = data.words.decimal;
  const steps = data.corners.length + data.pool_corners.length;
  return player(root, { key: JSON.stringify(data), steps, ms: STEP_MS, words: data.words, draw: (step) => draw(root, data, step) });
}
