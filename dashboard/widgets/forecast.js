// A curve that is drawn before it happens: drag anywhere, or move each point by the arrow keys. Once it has happened
// (`truth`, [[epoch, share], …]) or nothing may be changed (`fixed`) it is only looked at.
const SVG = "http://www.w3.org/2000/svg", MOST = 640, LEAST = 280, HIGH = 260, LEFT = 58, RIGHT = 16, TOP = 12, BOTTOM = 44;

function made(kind, attributes, parent, text) {
  const element = document.createElementNS(SVG, kind);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text) element.textContent = text;
  parent.append(element);
  return element;
}

export default function ({ data, parentElement, setStateValue }) {
  const place = parentElement.querySelector(".forecast"), { epochs, words } = data, last = epochs.at(-1);
  const same = JSON.stringify([epochs, data.start, words, data.fixed, data.truth]);
  if (place.forecast?.same === same) {  // drawn anew meanwhile: what a hand is drawing stays
    place.forecast.setStateValue = setStateValue;
    return;
  }
  place.forecast = { same, setStateValue };
  const WIDE = Math.max(LEAST, Math.min(MOST, parentElement.clientWidth || MOST));  // letters as large on a phone
  const values = data.values ? [...data.values] : epochs.map(() => data.start);
  let said = Boolean(data.values);
  const x = (epoch) => LEFT + (WIDE - LEFT - RIGHT) * (last > 1 ? (epoch - 1) / (last - 1) : 0.5);
  const y = (share) => TOP + (HIGH - TOP - BOTTOM) * (1 - share);
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${WIDE} ${HIGH}`);
  for (const share of [0, 0.25, 0.5, 0.75, 1]) {
    made("line", { x1: LEFT, x2: WIDE - RIGHT, y1: y(share), y2: y(share), class: "grid" }, svg);
    made("text", { x: LEFT - 8, y: y(share) + 5, "text-anchor": "end" }, svg, words.percents[4 * share]);
  }
  for (const epoch of data.ticks) made("text", { x: x(epoch), y: HIGH - 24, "text-anchor": "middle" }, svg, String(epoch));
  made("text", { x: (LEFT + WIDE) / 2, y: HIGH - 4, "text-anchor": "middle" }, svg, words.epoch);
  if (data.truth) made("polyline", { class: "truth", points: data.truth.map(([epoch, share]) => `${x(epoch)},${y(share)}`).join(" ") }, svg);
  const line = made("polyline", { class: "curve" }, svg);
  const handles = epochs.map((epoch, at) => {
    const handle = made("circle", { cx: x(epoch), r: 7, tabindex: 0, role: "slider", "aria-valuemin": 0, "aria-valuemax": 100 }, svg);
    handle.setAttribute("aria-label", words.handle.replace("{epoch}", epoch));
    handle.onkeydown = (event) => {
      const step = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1, PageUp: 10, PageDown: -10 }[event.key];
      if (!step) return;
      event.preventDefault();
      event.stopPropagation();
      move(at, values[at] + step / 100);
      tell();
    };
    return handle;
  });
  function draw() {
    line.setAttribute("points", values.map((value, at) => `${x(epochs[at])},${y(value)}`).join(" "));
    svg.classList.toggle("said", said);
    handles.forEach((handle, at) => {
      handle.setAttribute("cy", y(values[at]));
      handle.setAttribute("aria-valuenow", Math.round(100 * values[at]));
    });
  }
  function move(at, value) {
    values[at] = Math.round(100 * Math.min(1, Math.max(0, value))) / 100;
    said = true;
    draw();
  }
  function tell() { place.forecast.setStateValue("values", values); }
  let before = null;
  const drag = (event) => {
    const at = svg.createSVGPoint();
    Object.assign(at, { x: event.clientX, y: event.clientY });
    const point = at.matrixTransform(svg.getScreenCTM().inverse());
    const nearest = epochs.reduce((best, epoch, one) => (Math.abs(x(epoch) - point.x) < Math.abs(x(epochs[best]) - point.x) ? one : best), 0);
    const value = 1 - (point.y - TOP) / (HIGH - TOP - BOTTOM);
    const [from, to] = [Math.min(before ?? nearest, nearest), Math.max(before ?? nearest, nearest)];
    for (let one = from; one <= to; one++) move(one, value);  // a quick hand skips none
    before = nearest;
  };
  if (data.fixed) for (const handle of handles) {
    handle.onkeydown = null;
    handle.setAttribute("aria-disabled", "true");
  } else svg.onpointerdown = (event) => { svg.setPointerCapture(event.pointerId); before = null; drag(event); };
  if (!data.fixed) svg.onpointermove = (event) => { if (event.buttons) drag(event); };
  svg.onpointerup = svg.onpointercancel = () => { if (said) tell(); };
  draw();
  place.replaceChildren(svg);
}
