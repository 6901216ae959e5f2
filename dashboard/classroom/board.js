// The board of a class: a card for each pupil with the small curves of their newest run, which change with the news.
const WIDE = 200, HIGH = 64, PAD = 4;

function child(parent, kind, name) {
  const made = document.createElement(kind);
  if (name) made.className = name;
  parent.append(made);
  return made;
}

function link(parent, name, address, title) {
  const made = child(parent, "a", name);
  made.href = address;
  made.target = "_self";
  made.title = title;
  if (name === "project") made.setAttribute("aria-label", title);
  return made;
}

function drawn(lines, words) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg"), all = lines.flatMap(([, points]) => points.map(([, y]) => y));
  svg.setAttribute("viewBox", `0 0 ${WIDE} ${HIGH}`);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", words);
  const low = Math.min(...all), high = Math.max(...all);
  for (const [name, points] of lines) {
    if (!points.length) continue;
    const line = document.createElementNS(svg.namespaceURI, "polyline"), last = points.length > 1 ? 1 : 0.001;
    const at = ([x, y]) => `${PAD + (x / last) * (WIDE - 2 * PAD)},${HIGH - PAD - ((y - low) / (high - low || 1)) * (HIGH - 2 * PAD)}`;
    line.setAttribute("points", (points.length > 1 ? points : [points[0], [0.001, points[0][1]]]).map(at).join(" "));
    line.setAttribute("class", name);
    svg.append(line);
  }
  return svg;
}

const ORDERS = {
  name: (one, other) => one.person.localeCompare(other.person),
  accuracy: (one, other) => (other.accuracy ?? -1) - (one.accuracy ?? -1),
  state: (one, other) => (other.at_work ?? false) - (one.at_work ?? false) || (one.state ?? "~").localeCompare(other.state ?? "~"),
  verdict: (one, other) => (one.verdict || "~").localeCompare(other.verdict || "~"),
};

export default function ({ data, parentElement }) {
  const place = parentElement.querySelector(".board");
  place.board = data;
  place.classList.toggle("many", data.many);
  show(followNews(data.address, place, show));

  function show(news) {
    const { order, words, page } = place.board, cards = news?.run?.words?.cards ?? place.board.cards;
    const fresh = document.createElement("div");
    for (const one of [...cards].sort((a, b) => ORDERS[order](a, b) || ORDERS.name(a, b))) {
      const card = child(fresh, "div", "card"), name = child(card, "b", "");
      if (one.run) {
        const address = `${page}run=${encodeURIComponent(one.run)}`;
        link(name, "open", address, one.name).textContent = one.person;
        link(card, "project", address + "&present=1", `${words.project}: ${one.person}`).textContent = "co_present";
      } else name.textContent = one.person;
      if (!one.run) { child(card, "span", "none").textContent = words.none; continue; }
      const badge = child(card, "span", "badge " + one.colour), icon = child(badge, "span", "icon");
      icon.textContent = one.icon;
      icon.setAttribute("aria-hidden", "true");
      badge.append(one.progress ? `${one.state} · ${one.progress}` : one.state);
      card.append(drawn([["training", one.loss], ["validation", one.val_loss]], words.curve));
      child(card, "span", "known").textContent = one.known || "–";
      child(card, "span", "verdict").textContent = one.verdict;
    }
    if (fresh.innerHTML !== place.innerHTML) place.replaceChildren(...fresh.childNodes);
  }
  return () => setTimeout(() => { if (!place.isConnected) leaveNews(place); });
}
