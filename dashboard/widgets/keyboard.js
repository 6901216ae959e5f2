// Arrow keys choose a cell of a heat map or a point of a cloud, Enter or space opens it as a click does.
const chosen = new WeakMap();  // place -> {curve, index} of what the keys chose last
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function keyed(place, spoken, tell) {
  place.tabIndex = 0;
  place.onkeydown = (event) => {
    if (event.key in STEPS) chosen.set(place, next(place, STEPS[event.key]));
    else if (event.key === "Escape") chosen.delete(place);
    else if (event.key === "Enter" || event.key === " ") { if (chosen.has(place)) tell(clickedAt(chosen.get(place))); }
    else return;
    event.preventDefault();
    point(place, spoken);
  };
  place.onblur = () => window.Plotly?.Fx.unhover(place);
}

// What is chosen shows its label as at the pointer, and is said.
function point(place, spoken) {
  const { curve, index } = chosen.get(place) ?? {};
  if (index === undefined) return window.Plotly.Fx.unhover(place);
  const { x, y } = place.data[curve], [row, column] = [index].flat();
  const where = Array.isArray(index) ? { xval: x[column], yval: y[row] } : { pointNumber: index };
  window.Plotly.Fx.hover(place, [{ curveNumber: curve, ...where }]);
  setTimeout(() => {  // Plotly draws the label up to 50 ms later
    const lines = [...place.querySelectorAll(".hoverlayer .line, .hoverlayer text:not(:has(.line))")];
    spoken.textContent = lines.map((line) => line.textContent).join(", ");
  }, 100);
}

const clickedAt = ({ curve, index }) => (Array.isArray(index) ? [index[1], index[0]] : [index, curve]);

function next(place, step) {
  const at = chosen.get(place);
  return place.data[0].type === "heatmap" ? nextCell(place.data, step, at) : nextPoint(place, step, at);
}

// The cells of one matrix may lie in several heat maps; each has a number only where it draws.
function nextCell(maps, [right, down], at) {
  const rows = maps[0].z.length, columns = maps[0].z[0].length;
  const within = (value, most) => Math.min(Math.max(value, 0), most - 1);
  const [row, column] = at ? [within(at.index[0] + down, rows), within(at.index[1] + right, columns)] : [0, 0];
  const curve = Math.max(0, maps.findIndex(({ z }) => z[row][column] != null && !Number.isNaN(z[row][column])));
  return { curve, index: [row, column] };
}

// The nearest point that lies more in the direction of the key than beside it.
function nextPoint(place, [right, down], at) {
  const { xaxis, yaxis } = place._fullLayout;
  const pixel = ({ curve, index }) => [xaxis.d2p(place.data[curve].x[index]), yaxis.d2p(place.data[curve].y[index])];
  const all = place.data.flatMap(({ x }, curve) => Array.from(x, (_, index) => ({ curve, index })));
  if (!at || at.index >= (place.data[at.curve]?.x.length ?? 0)) return all[0];
  const [x, y] = pixel(at);
  let best = at, least = Infinity;
  for (const one of all) {
    const [dx, dy] = [pixel(one)[0] - x, pixel(one)[1] - y];
    const ahead = dx * right + dy * down, beside = Math.abs(dx * down) + Math.abs(dy * right);
    if (ahead > 0 && ahead >= beside && ahead + 2 * beside < least) [best, least] = [one, ahead + 2 * beside];
  }
  return best;
}
