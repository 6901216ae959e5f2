// Slides the window over the image, writes out every product and sum; all of it in the browser.
const STEP_MS = 900;
const places = new WeakMap();  // root -> what it shows and where it is

const tidy = (value) => String(Math.round(value * 100) / 100).replace("-0", value < 0 && Math.round(value * 100) ? "-0" : "0").replace("-", "−");

function tint(value, most) {
  const share = most ? Math.min(1, Math.abs(value) / most) : 0;
  return value < 0 ? `rgba(217,130,0,${0.55 * share})` : `rgba(11,110,153,${0.55 * share})`;
}

function grid(rows, { title, lit = new Set(), border = null, known = Infinity, onPick = null }) {
  const figure = document.createElement("figure");
  const caption = document.createElement("figcaption");
  caption.textContent = title;
  const table = document.createElement("table");
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

function draw(root) {
  const place = places.get(root), { data } = place, words = data.words;
  const n = data.corners.length, m = data.pool_corners.length, columns = data.padded[0].length;
  const pooling = place.step >= n;
  const at = pooling ? n - 1 : place.step;
  const size = data.kernel.length, [row, column] = data.corners[at];
  const terms = data.kernel.flatMap((line, i) => line.map((weight, j) => [data.padded[row + i][column + j], weight]));
  const go = (step) => { place.step = step; stop(place); draw(root); };
  const first = document.createElement("div");
  first.className = "line";
  first.append(
    grid(data.padded, { title: words.image, lit: pooling ? new Set() : window_([row, column], size, columns), border: (i, j) => !inside(data, i, j) }),
    sign("∗"), grid(data.kernel, { title: words.kernel }),
    sign("="), grid(data.output, { title: words.output, lit: new Set(pooling ? [] : [at]), known: pooling ? Infinity : at + 1, onPick: go }),
  );
  if (data.active) first.append(sign("→"), grid(data.active, {
    title: words.active, known: pooling ? Infinity : at + 1,
    lit: pooling ? window_(data.pool_corners[place.step - n], data.pool_size, data.active[0].length) : new Set([at]),
  }));
  if (m) first.append(sign("→"), grid(data.pooled, { title: words.pooled, known: pooling ? place.step - n + 1 : 0,
    lit: new Set(pooling ? [place.step - n] : []), onPick: (number) => go(n + number) }));
  root.querySelector(".grids").replaceChildren(first);
  root.querySelector(".sum").textContent = pooling ? poolSum(data, place.step - n) : convSum(data, terms, at);
  root.querySelector(".where").textContent = words.step.replace("{step}", place.step + 1).replace("{steps}", n + m);
  const slider = root.querySelector("input");
  slider.max = n + m - 1; slider.value = place.step;
  root.querySelector(".play").textContent = place.timer ? "❚❚" : "▶";
  root.querySelector(".play").title = place.timer ? words.pause : words.play;
}

function convSum(data, terms, at) {
  const value = data.output.flat()[at];
  const after = data.active ? `   →   ${data.words.active}: ${tidy(data.active.flat()[at])}` : "";
  return sum(terms, data.bias, value) + after;
}

function poolSum(data, number) {
  const source = data.active ?? data.output, [row, column] = data.pool_corners[number], size = data.pool_size;
  const values = source.slice(row, row + size).flatMap((line) => line.slice(column, column + size)).map(tidy);
  const result = tidy(data.pooled.flat()[number]);
  return data.pool_kind === "max" ? `max(${values.join("; ")}) = ${result}` : `(${values.join(" + ")}) / ${values.length} = ${result}`;
}

function stop(place) { clearInterval(place.timer); place.timer = null; }

function move(root, by) {
  const place = places.get(root), last = place.data.corners.length + place.data.pool_corners.length - 1;
  place.step = Math.max(0, Math.min(last, place.step + by));
  if (place.step === last) stop(place);
  draw(root);
}

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".convolution");
  const before = places.get(root), key = JSON.stringify(data);
  if (before?.key === key) return;  // the same again: a rerun of the page does not disturb the animation
  if (before) stop(before);
  places.set(root, { data, key, step: 0, timer: null });
  const button = (name) => root.querySelector(name);
  button(".back").onclick = () => { stop(places.get(root)); move(root, -1); };
  button(".next").onclick = () => { stop(places.get(root)); move(root, 1); };
  button(".play").onclick = () => {
    const place = places.get(root), last = place.data.corners.length + place.data.pool_corners.length - 1;
    if (place.timer) stop(place);
    else { if (place.step === last) place.step = 0; place.timer = setInterval(() => move(root, 1), STEP_MS); }
    draw(root);
  };
  button("input").oninput = (event) => { const place = places.get(root); stop(place); place.step = Number(event.target.value); draw(root); };
  for (const [name, word] of [[".back", "back"], [".next", "next"]]) button(name).title = data.words[word];
  button("input").setAttribute("aria-label", data.words.slider);
  draw(root);
  return () => { const place = places.get(root); if (place) stop(place); };
}
