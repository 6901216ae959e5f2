// Draws a Plotly figure into its place and, on every later call, moves it to the new figure.
const figures = new WeakMap();  // place -> the newest figure
const drawing = new WeakSet();

function loadPlotly(address) {
  window.fitscopePlotly ??= new Promise((resolve, reject) => {
    const tag = document.createElement("script");
    tag.src = address;
    tag.onload = () => resolve(window.Plotly);
    tag.onerror = () => { window.fitscopePlotly = undefined; reject(new Error("Plotly did not load")); };
    document.head.append(tag);
  });
  return window.fitscopePlotly;
}

const VALIDATION = "#0B6E99";  // as in charts.py; on a dark page the same hue, lighter

// What Plotly writes after a percentage is no matter of its languages, but what it writes after a currency is.
const PERCENT = /([":])(\.\d%)(?=["}])/g;  // a format alone, or at the end of a template's place: ".0%", "%{y:.1%}"
const LANGUAGE = { locale: "page", locales: { page: { format: { currency: ["", "\u00a0%"] } } } };

// A figure in the colours of the page, with percentages as the page writes them: "50 %".
function asPage(figure, element) {
  const accent = getComputedStyle(element).getPropertyValue("--st-primary-color").trim() || VALIDATION;
  return JSON.parse(JSON.stringify(figure).replaceAll(VALIDATION, accent).replace(PERCENT, "$1$$$2"));
}

function inTheme(layout, element) {
  const style = getComputedStyle(element);
  const font = { ...layout.font, family: style.getPropertyValue("--st-font"), color: style.getPropertyValue("--st-text-color") };
  return { ...layout, font, autosize: true, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
           hoverlabel: { bgcolor: style.getPropertyValue("--st-background-color"), font: { color: font.color } } };
}

// Without Plotly's own bar: on a phone it lies over the chart, and it offers to send the chart to a stranger.
const SETTINGS = { displaylogo: false, responsive: true, displayModeBar: false, doubleClick: "reset", showTips: false,
                   ...LANGUAGE };

// A figure with the news of its run in it: the lines longer, what stands around them as it is now. A line that grows says
// in its `meta` what it shows: a column of the epochs, or "steps." and one of the windows. `at`: of one run of a race.
function withNews(figure, news, chart, at) {
  const alone = at !== undefined;
  if (!alone && news?.phase && Object.keys(news.runs).length) return withRace(figure, news.runs, chart);
  const { epochs, steps, words } = (alone ? news?.runs[at] : news?.run) ?? {}, around = words?.charts?.[chart];
  if (!around) return figure;
  const { title, marker, xaxis, yaxis, ...layout } = around;
  const line = (old) => {
    const [column, window] = (old.meta ?? "").split(".");
    if (!column) return old;
    if (window) return { ...old, x: steps[chart]?.x ?? [], y: steps[chart]?.[window] ?? [] };
    return { ...old, x: epochs.epoch ?? [], y: epochs[column] ?? [], marker: { ...old.marker, size: marker } };
  };
  const axes = { xaxis: { ...figure.layout.xaxis, ...xaxis }, yaxis: { ...figure.layout.yaxis, ...yaxis } };
  return { ...figure, data: figure.data.map(line), layout: { ...figure.layout, ...layout, ...axes }, ...(title && { title, alt: title }) };
}

// The axis of lines that are still to grow: of itself Plotly would begin with −100 % to 400 %.
function withAxis(figure) {
  const growing = figure.data.filter(({ meta }) => meta), { yaxis } = figure.layout;
  if (!yaxis || yaxis.range || !growing.length || growing.some(({ x }) => x?.length)) return figure;
  return { ...figure, layout: { ...figure.layout, yaxis: { ...yaxis, range: [0, yaxis.tickformat?.includes("%") ? 1 : 3] } } };
}

// The lines of a race, two for each run, training before validation, and its letter at the end of the latter.
function withRace(figure, runs, chart) {
  const data = figure.data.map((line, place) => {
    const { epochs } = runs[Math.floor(place / 2)] ?? {};
    return epochs ? { ...line, x: epochs.epoch ?? [], y: epochs[place % 2 ? `val_${chart}` : chart] ?? [] } : line;
  });
  const annotations = figure.layout.annotations.map((note, at) => {
    const { x, y } = data[2 * at + 1];
    return x.length ? { ...note, x: x.at(-1), y: y.at(-1), visible: true } : note;
  });
  const { range, ...yaxis } = figure.layout.yaxis;  // fits itself, once there is a line
  return { ...figure, data, layout: { ...figure.layout, annotations, yaxis: data.some(({ x }) => x.length) ? yaxis : { ...yaxis, range } } };
}

const held = new WeakMap();  // place -> a promise that ends once nobody drags in it any more
const RELEASED = 100;  // ms that Plotly has to take up where a drag ended

function watch(place) {
  if (watched.has(place)) return;
  watched.add(place);
  sizes.observe(place);
  place.addEventListener("pointerdown", () => held.set(place, new Promise((end) => {
    const released = () => setTimeout(() => { held.delete(place); end(); }, RELEASED);
    for (const kind of ["pointerup", "pointercancel"]) addEventListener(kind, released, { capture: true, once: true });
  })));
}

// Plotly hears of the window's size only: not of a sidebar that closes, nor of a page that is enlarged for a projector.
const sizes = new ResizeObserver((changes) => {
  for (const { target } of changes) {
    if (!figures.has(target) || fits(target)) continue;
    figures.set(target, { ...figures.get(target) });
    draw(window.Plotly, target);
  }
});

const fits = (place) => !place._fullLayout || !place.clientWidth || Math.abs(place._fullLayout.width - place.clientWidth) < 2;

const watched = new WeakSet(), listening = new WeakSet();
const tellers = new WeakMap();  // place -> the newest way to tell the server of a click

function listen(place) {
  if (listening.has(place)) return;
  listening.add(place);
  place.on("plotly_click", ({ points: [point] }) => {
    const at = Array.isArray(point.pointIndex) ? [point.pointIndex[1], point.pointIndex[0]] : [point.pointIndex, point.curveNumber];
    tellers.get(place)?.(at);
  });
}

export default function ({ data, parentElement, setStateValue }) {
  const { figure, script } = data;
  if (!figure) { loadPlotly(script).catch(() => {}); return; }  // fetched ahead; a chart would report the failure
  const place = parentElement.querySelector("figure > div");
  place.setAttribute("role", data.clickable ? "application" : "img");
  const caption = parentElement.querySelector("figcaption"), button = parentElement.querySelector("figure > button");
  button.title = data.png;
  button.onclick = () => window.Plotly?.downloadImage(place, { format: "png", scale: 2, filename: "fitscope" });
  const height = (figure.layout.height ?? 310) + "px";
  if (place.style.minHeight !== height) place.style.minHeight = height;  // nothing below jumps while it loads
  if (data.clickable) {
    tellers.set(place, (at) => setStateValue("clicked", at));
    place.setAttribute("aria-description", data.keys);
    keyed(place, parentElement.querySelector("[role=status]"), (at) => setStateValue("clicked", at));
  }
  const show = (news) => {
    const newest = withAxis(withNews(figure, news, data.chart, data.at));
    caption.textContent = newest.title;
    place.setAttribute("aria-label", alternative(newest));
    figures.set(place, newest);
    watch(place);
    loadPlotly(script).then((Plotly) => draw(Plotly, place)).catch((error) => { place.textContent = String(error); });
  };
  show(followNews(data.address, place, show));
  return () => setTimeout(() => leave(place));  // by then it is gone, if it goes
}

// On a busy machine Streamlit also clears up after a call that a newer one has overtaken: that chart stays, zoom and all.
function leave(place) {
  if (place.isConnected) return;
  figures.delete(place);
  sizes.unobserve(place);
  leaveNews(place);
  if (!drawing.has(place)) window.Plotly?.purge(place);
}

// A chart rests three times as long as it took to draw: two charts that grow leave a slow phone half of its time.
const REST = 3, LONGEST_REST = 3000;  // ms

// One figure at a time, always the newest: Plotly does not bear a second call before the first has ended.
async function draw(Plotly, place) {
  if (drawing.has(place)) return;
  drawing.add(place);
  try {
    for (let drawn; figures.has(place) && drawn !== figures.get(place); ) {
      if (held.has(place)) { await held.get(place); continue; }  // nothing moves under a hand that draws a zoom
      drawn = figures.get(place);
      const began = performance.now();
      const { data: lines, layout } = asPage(drawn, place);
      await Plotly.react(place, lines, inTheme(layout, place), SETTINGS);
      if (!fits(place)) await Plotly.relayout(place, { autosize: true });
      if (tellers.has(place)) listen(place);
      const rest = Math.min(REST * (performance.now() - began), LONGEST_REST);
      await new Promise((rested) => setTimeout(rested, rest));
    }
  } finally {
    drawing.delete(place);
    if (!figures.has(place)) Plotly.purge(place);  // the chart left the page meanwhile
  }
}
